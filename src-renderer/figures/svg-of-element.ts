import { drawingOf, fontOnCanvas } from './drawings.js';
import { attributes, escapeXml, paintAttributes, paintOf, pixels } from './svg-text.js';

export interface SvgFile {
  readonly svg: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** White space around a figure, in pixels. */
const MARGIN = 12;
/** What is no part of a picture: what one operates, and what only a screen reader reads. */
const LEFT_OUT = 'button, select, input, textarea, dialog, [popover], .visually-hidden, [data-not-in-figure]';
const SHAPES = new Set(['g', 'path', 'line', 'circle', 'ellipse', 'rect', 'polyline', 'polygon', 'text', 'tspan']);
/** Properties that a style sheet gives to a shape, and the values that need not be said. */
const SHAPE_PROPERTIES: readonly (readonly [string, string])[] = [
  ['stroke-width', '1px'],
  ['stroke-dasharray', 'none'],
  ['stroke-linecap', 'butt'],
  ['stroke-linejoin', 'miter'],
  ['opacity', '1'],
  ['paint-order', 'normal'],
];
const TEXT_PROPERTIES: readonly (readonly [string, string])[] = [
  ['font-size', ''],
  ['font-weight', '400'],
  ['font-family', ''],
  ['text-anchor', 'start'],
];

/**
 * A figure of the window as a file of its own: boxes, lines, texts and vector pictures where the window has them, and its
 * charts drawn anew as vectors. Nothing refers to anything outside.
 */
export function svgOf(figure: Element, title: string): SvgFile {
  const frame = figure.getBoundingClientRect();
  const width = Math.ceil(Math.max(frame.width, figure.scrollWidth) + 2 * MARGIN);
  const height = Math.ceil(Math.max(frame.height, figure.scrollHeight) + 2 * MARGIN);
  const writer = new ElementWriter(frame.left - MARGIN, frame.top - MARGIN);
  writer.write(figure);
  const ground = paintAttributes('fill', getComputedStyle(document.documentElement).getPropertyValue('--surface'));
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  return {
    width,
    height,
    svg:
      `<svg xmlns="http://www.w3.org/2000/svg"${attributes(size)}><title>${escapeXml(title)}</title>` +
      `<rect width="100%" height="100%"${ground}/>${writer.out.join('')}</svg>`,
  };
}

class ElementWriter {
  readonly out: string[] = [];
  #charts = 0;

  constructor(
    private readonly left: number,
    private readonly top: number,
  ) {}

  write(element: Element): void {
    if (element.matches(LEFT_OUT)) return;
    const style = getComputedStyle(element);
    if (style.display === 'none' || style.visibility === 'hidden') return;
    const box = element.getBoundingClientRect();
    if (element instanceof HTMLCanvasElement) return void this.#chart(element, box);
    if (element instanceof SVGSVGElement) return void this.#picture(element, box);
    if (element instanceof HTMLImageElement) return void this.#image(element, box);
    this.#box(style, box);
    for (const child of element.childNodes) {
      if (child instanceof Text) this.#text(child, element, style);
      else if (child instanceof Element) this.write(child);
    }
  }

  #chart(canvas: HTMLCanvasElement, box: DOMRect): void {
    const drawing = drawingOf(canvas);
    if (!drawing) return;
    const place = `translate(${pixels(box.left - this.left)} ${pixels(box.top - this.top)})`;
    this.out.push(`<g transform="${place}">${drawing(box.width, box.height, `chart${++this.#charts}-`)}</g>`);
  }

  #picture(picture: SVGSVGElement, box: DOMRect): void {
    const frame = {
      x: box.left - this.left,
      y: box.top - this.top,
      width: box.width,
      height: box.height,
      viewBox: picture.getAttribute('viewBox'),
    };
    this.out.push(`<svg${attributes(frame)}>${[...picture.children].map(shape).join('')}</svg>`);
  }

  #image(image: HTMLImageElement, box: DOMRect): void {
    if (!image.src.startsWith('data:')) return;
    const frame = { x: box.left - this.left, y: box.top - this.top, width: box.width, height: box.height };
    const sharp = getComputedStyle(image).imageRendering === 'pixelated' ? 'pixelated' : null;
    this.out.push(`<image${attributes({ ...frame, 'image-rendering': sharp, href: image.src })}/>`);
  }

  #box(style: CSSStyleDeclaration, box: DOMRect): void {
    const [x, y] = [box.left - this.left, box.top - this.top];
    const ring = /^((?:rgba?|color)\([^)]*\)) 0px 0px 0px 1px inset$/.exec(style.boxShadow)?.[1];
    const side = (name: 'Top' | 'Right' | 'Bottom' | 'Left'): { width: number; colour: string } => ({
      width: style[`border${name}Style`] === 'none' ? 0 : parseFloat(style[`border${name}Width`]),
      colour: style[`border${name}Color`],
    });
    const [top, right, bottom, left] = [side('Top'), side('Right'), side('Bottom'), side('Left')];
    const filled = paintOf(style.backgroundColor).opacity > 0 && paintOf(style.backgroundColor).colour !== 'none';
    const inner =
      style.backgroundClip === 'padding-box'
        ? { left: left.width, top: top.width, right: right.width, bottom: bottom.width }
        : { left: 0, top: 0, right: 0, bottom: 0 };
    if (filled || ring) {
      const frame = {
        x: x + inner.left,
        y: y + inner.top,
        width: Math.max(0, box.width - inner.left - inner.right),
        height: Math.max(0, box.height - inner.top - inner.bottom),
        rx: Math.min(parseFloat(style.borderTopLeftRadius) || 0, box.height / 2) || null,
      };
      const stroke = ring ? paintAttributes('stroke', ring) : '';
      const fill = filled ? paintAttributes('fill', style.backgroundColor) : ' fill="none"';
      this.out.push(`<rect${attributes(frame)}${fill}${stroke}/>`);
    }
    const lines: readonly [typeof top, number, number, number, number][] = [
      [top, x, y + top.width / 2, x + box.width, y + top.width / 2],
      [bottom, x, y + box.height - bottom.width / 2, x + box.width, y + box.height - bottom.width / 2],
      [left, x + left.width / 2, y, x + left.width / 2, y + box.height],
      [right, x + box.width - right.width / 2, y, x + box.width - right.width / 2, y + box.height],
    ];
    for (const [{ width, colour }, x1, y1, x2, y2] of lines) {
      if (!(width > 0) || paintOf(colour).opacity === 0 || paintOf(colour).colour === 'none') continue;
      this.out.push(
        `<line${attributes({ x1, y1, x2, y2, 'stroke-width': width })}${paintAttributes('stroke', colour)}/>`,
      );
    }
  }

  /** A line of text as the window breaks it; what the window cuts off ends with an ellipsis. */
  #text(node: Text, parent: Element, style: CSSStyleDeclaration): void {
    const font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const ruler = fontOnCanvas(font);
    for (const line of linesOf(node)) {
      const cut = style.textOverflow === 'ellipsis' && parent.scrollWidth > parent.clientWidth + 1;
      const text = cut && ruler ? shorten(line.text, parent.clientWidth, ruler) : line.text;
      const metrics = ruler?.measureText(text);
      const ascent = metrics?.fontBoundingBoxAscent ?? line.box.height * 0.8;
      const descent = metrics?.fontBoundingBoxDescent ?? line.box.height * 0.2;
      const rightToLeft = style.direction === 'rtl';
      this.out.push(
        `<text${attributes({
          x: (rightToLeft ? line.box.right : line.box.left) - this.left,
          y: line.box.top - this.top + (line.box.height + ascent - descent) / 2,
          direction: rightToLeft ? 'rtl' : null,
          'font-family': style.fontFamily,
          'font-size': parseFloat(style.fontSize),
          'font-weight': style.fontWeight === '400' ? null : style.fontWeight,
          'font-style': style.fontStyle === 'normal' ? null : style.fontStyle,
        })}${paintAttributes('fill', style.color)}>${escapeXml(text)}</text>`,
      );
    }
  }
}

interface Line {
  text: string;
  box: DOMRect;
}

/** The words of a text node, gathered by the line that each stands in. */
function linesOf(node: Text): Line[] {
  const lines: Line[] = [];
  const range = document.createRange();
  for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const box = range.getBoundingClientRect();
    if (box.width === 0) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.box.top - box.top) < box.height / 2) {
      last.text += ` ${word}`;
      const left = Math.min(last.box.left, box.left);
      last.box = new DOMRect(left, last.box.top, Math.max(last.box.right, box.right) - left, last.box.height);
    } else lines.push({ text: word, box });
  }
  return lines;
}

function shorten(text: string, width: number, ruler: CanvasRenderingContext2D): string {
  let letters = Array.from(text);
  if (ruler.measureText(text).width <= width) return text;
  while (letters.length > 1 && ruler.measureText(`${letters.join('')}…`).width > width) letters = letters.slice(0, -1);
  return `${letters.join('').trimEnd()}…`;
}

/** A shape of a vector picture with what the style sheet gives it written into it. */
function shape(element: Element): string {
  const tag = element.localName;
  if (!SHAPES.has(tag)) return '';
  const style = getComputedStyle(element);
  if (style.display === 'none') return '';
  const property = (name: string, usual: string): [string, string | null] => {
    const value = style.getPropertyValue(name);
    return [name, value === usual || value === '' ? null : value];
  };
  const isText = tag === 'text' || tag === 'tspan';
  const stroked = style.stroke !== 'none';
  const styled = Object.fromEntries([
    ...SHAPE_PROPERTIES.filter(([name]) => stroked || !name.startsWith('stroke')).map(([name, usual]) =>
      property(name, usual),
    ),
    ...(isText ? TEXT_PROPERTIES.map(([name, usual]) => property(name, usual)) : []),
  ]);
  const own = Object.fromEntries(
    [...element.attributes]
      .filter(({ name }) => name !== 'fill' && name !== 'stroke' && !(name in styled))
      .filter(({ name }) => !/^(class|style|id|role|tabindex|aria-.*|data-.*|on.*|href|xlink:href)$/.test(name))
      .map(({ name, value }) => [name, value]),
  );
  const paints = paintAttributes('fill', style.fill) + (stroked ? paintAttributes('stroke', style.stroke) : '');
  const inside = [...element.childNodes]
    .map((child) =>
      child instanceof Text ? escapeXml(isText ? child.data : '') : child instanceof Element ? shape(child) : '',
    )
    .join('');
  return `<${tag}${attributes(own)}${paints}${attributes(styled)}>${inside}</${tag}>`;
}
