import { attributes, escapeXml, paintAttributes, pixels } from './svg-text.js';

/** Width of a text in pixels, in the font of a canvas. */
export type MeasureText = (text: string, font: string) => number;

type Matrix = readonly [number, number, number, number, number, number];

interface State {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  lineCap: string;
  lineJoin: string;
  lineDash: readonly number[];
  globalAlpha: number;
  font: string;
  textAlign: string;
  textBaseline: string;
  matrix: Matrix;
  /** Number of the clip path that holds; null = none. */
  clip: number | null;
}

const START: State = {
  fillStyle: '#000000',
  strokeStyle: '#000000',
  lineWidth: 1,
  lineCap: 'butt',
  lineJoin: 'miter',
  lineDash: [],
  globalAlpha: 1,
  font: '10px sans-serif',
  textAlign: 'start',
  textBaseline: 'alphabetic',
  matrix: [1, 0, 0, 1, 0, 0],
  clip: null,
};

/** Where the line of a letter stands below the point that a canvas aligns, in sizes of the font. */
const BASELINES: Readonly<Record<string, number>> = {
  top: 0.8,
  hanging: 0.8,
  middle: 0.35,
  bottom: -0.22,
  ideographic: -0.22,
};
const ANCHORS: Readonly<Record<string, string>> = { center: 'middle', right: 'end', end: 'end' };
const FONT = /^(?:(italic|oblique|normal)\s+)?(?:(bold|bolder|lighter|\d{3})\s+)?([\d.]+)px(?:\/\S+)?\s+(.+)$/;

/**
 * The part of `CanvasRenderingContext2D` that charts draw with, written down as SVG: a chart that draws on it is its own
 * vector picture. Paths are kept in the pixels of the picture. Images, gradients, shadows and `Path2D` are not there; what
 * would need a `Path2D` throws, because it would be missing in the picture.
 */
export class SvgContext {
  readonly canvas: { readonly width: number; readonly height: number; readonly getContext: () => SvgContext };
  #state: State = { ...START };
  readonly #stack: State[] = [];
  readonly #out: string[] = [];
  readonly #clips: string[] = [];
  #path = '';

  /**
   * @param width of the picture in pixels
   * @param height likewise
   * @param id what the names of its clip paths begin with; unique in the file it becomes part of
   */
  constructor(
    width: number,
    height: number,
    private readonly measure: MeasureText,
    private readonly id = 'clip',
  ) {
    this.canvas = { width, height, getContext: () => this };
  }

  /** What was drawn, for an `<svg>` or `<g>`. */
  markup(): string {
    const clips = this.#clips.length > 0 ? `<defs>${this.#clips.join('')}</defs>` : '';
    return clips + this.#out.join('');
  }

  save(): void {
    this.#stack.push({ ...this.#state });
  }
  restore(): void {
    this.#state = this.#stack.pop() ?? this.#state;
  }

  get fillStyle(): string {
    return this.#state.fillStyle;
  }
  set fillStyle(value: string) {
    this.#state.fillStyle = value;
  }
  get strokeStyle(): string {
    return this.#state.strokeStyle;
  }
  set strokeStyle(value: string) {
    this.#state.strokeStyle = value;
  }
  get lineWidth(): number {
    return this.#state.lineWidth;
  }
  set lineWidth(value: number) {
    this.#state.lineWidth = value;
  }
  get lineCap(): string {
    return this.#state.lineCap;
  }
  set lineCap(value: string) {
    this.#state.lineCap = value;
  }
  get lineJoin(): string {
    return this.#state.lineJoin;
  }
  set lineJoin(value: string) {
    this.#state.lineJoin = value;
  }
  get globalAlpha(): number {
    return this.#state.globalAlpha;
  }
  set globalAlpha(value: number) {
    this.#state.globalAlpha = value;
  }
  get font(): string {
    return this.#state.font;
  }
  set font(value: string) {
    this.#state.font = value;
  }
  get textAlign(): string {
    return this.#state.textAlign;
  }
  set textAlign(value: string) {
    this.#state.textAlign = value;
  }
  get textBaseline(): string {
    return this.#state.textBaseline;
  }
  set textBaseline(value: string) {
    this.#state.textBaseline = value;
  }
  lineDashOffset = 0;
  miterLimit = 10;

  setLineDash(dash: readonly number[]): void {
    this.#state.lineDash = [...dash];
  }
  getLineDash(): number[] {
    return [...this.#state.lineDash];
  }

  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void {
    this.#state.matrix = [a, b, c, d, e, f];
  }
  resetTransform(): void {
    this.#state.matrix = START.matrix;
  }
  transform(a: number, b: number, c: number, d: number, e: number, f: number): void {
    const [A, B, C, D, E, F] = this.#state.matrix;
    this.#state.matrix = [
      A * a + C * b,
      B * a + D * b,
      A * c + C * d,
      B * c + D * d,
      A * e + C * f + E,
      B * e + D * f + F,
    ];
  }
  translate(x: number, y: number): void {
    this.transform(1, 0, 0, 1, x, y);
  }
  scale(x: number, y: number): void {
    this.transform(x, 0, 0, y, 0, 0);
  }
  rotate(angle: number): void {
    this.transform(Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle), 0, 0);
  }

  beginPath(): void {
    this.#path = '';
  }
  closePath(): void {
    if (this.#path !== '') this.#path += 'Z';
  }
  moveTo(x: number, y: number): void {
    this.#path += `M${this.#point(x, y)}`;
  }
  lineTo(x: number, y: number): void {
    this.#path += `${this.#path === '' ? 'M' : 'L'}${this.#point(x, y)}`;
  }
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.#path += `C${this.#point(x1, y1)} ${this.#point(x2, y2)} ${this.#point(x, y)}`;
  }
  quadraticCurveTo(x1: number, y1: number, x: number, y: number): void {
    this.#path += `Q${this.#point(x1, y1)} ${this.#point(x, y)}`;
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.moveTo(x, y);
    this.lineTo(x + width, y);
    this.lineTo(x + width, y + height);
    this.lineTo(x, y + height);
    this.closePath();
  }
  arc(x: number, y: number, radius: number, from: number, to: number, backwards = false): void {
    this.ellipse(x, y, radius, radius, 0, from, to, backwards);
  }
  /** In halves at most: an arc of SVG that ends where it begins is nothing. */
  ellipse(
    x: number,
    y: number,
    radiusX: number,
    radiusY: number,
    rotation: number,
    from: number,
    to: number,
    backwards = false,
  ): void {
    const turn = 2 * Math.PI;
    const whole = backwards ? from - to >= turn : to - from >= turn;
    const span = whole ? turn : (((backwards ? from - to : to - from) % turn) + turn) % turn;
    const [a, b] = this.#state.matrix;
    const scale = this.#scale();
    const turned = ((rotation + Math.atan2(b, a)) * 180) / Math.PI;
    const at = (angle: number): [number, number] => {
      const [dx, dy] = [radiusX * Math.cos(angle), radiusY * Math.sin(angle)];
      return [
        x + dx * Math.cos(rotation) - dy * Math.sin(rotation),
        y + dx * Math.sin(rotation) + dy * Math.cos(rotation),
      ];
    };
    this.lineTo(...at(from));
    const parts = Math.ceil(span / Math.PI);
    for (let part = 1; part <= parts; part++) {
      const angle = from + ((backwards ? -1 : 1) * span * part) / parts;
      const radii = `${pixels(radiusX * scale)} ${pixels(radiusY * scale)}`;
      this.#path += `A${radii} ${pixels(turned)} 0 ${backwards ? 0 : 1} ${this.#point(...at(angle))}`;
    }
  }

  clip(path?: unknown): void {
    refusePath(path);
    const { clip } = this.#state;
    const number = this.#clips.length;
    const outer = clip === null ? null : `url(#${this.id}${clip})`;
    this.#clips.push(
      `<clipPath${attributes({ id: `${this.id}${number}`, 'clip-path': outer })}><path${attributes({ d: this.#path })}/></clipPath>`,
    );
    this.#state.clip = number;
  }
  fill(path?: unknown): void {
    refusePath(typeof path === 'string' ? undefined : path);
    if (this.#path === '') return;
    const { fillStyle, globalAlpha } = this.#state;
    this.#add(`<path${attributes({ d: this.#path })}${paintAttributes('fill', fillStyle, globalAlpha)}/>`);
  }
  stroke(path?: unknown): void {
    refusePath(path);
    const { strokeStyle, globalAlpha, lineWidth, lineCap, lineJoin, lineDash } = this.#state;
    if (this.#path === '' || !(lineWidth > 0)) return;
    const scale = this.#scale();
    const line = attributes({
      'stroke-width': lineWidth * scale,
      'stroke-linecap': lineCap === 'butt' ? null : lineCap,
      'stroke-linejoin': lineJoin === 'miter' ? null : lineJoin,
      'stroke-dasharray': lineDash.length > 0 ? lineDash.map((length) => pixels(length * scale)).join(' ') : null,
    });
    this.#add(
      `<path${attributes({ d: this.#path })} fill="none"${paintAttributes('stroke', strokeStyle, globalAlpha)}${line}/>`,
    );
  }
  fillRect(x: number, y: number, width: number, height: number): void {
    this.#aside(() => {
      this.rect(x, y, width, height);
      this.fill();
    });
  }
  strokeRect(x: number, y: number, width: number, height: number): void {
    this.#aside(() => {
      this.rect(x, y, width, height);
      this.stroke();
    });
  }
  /** A picture begins empty. */
  clearRect(): void {
    return undefined;
  }

  measureText(text: string): { readonly width: number } {
    return { width: this.measure(text, this.#state.font) };
  }
  fillText(text: string, x: number, y: number): void {
    const { fillStyle, globalAlpha } = this.#state;
    this.#text(text, x, y, paintAttributes('fill', fillStyle, globalAlpha));
  }
  strokeText(text: string, x: number, y: number): void {
    const { strokeStyle, globalAlpha, lineWidth } = this.#state;
    const stroke = attributes({ 'stroke-width': lineWidth, 'stroke-linejoin': 'round' });
    this.#text(text, x, y, ` fill="none"${paintAttributes('stroke', strokeStyle, globalAlpha)}${stroke}`);
  }

  #text(text: string, x: number, y: number, paint: string): void {
    const { font, textAlign, textBaseline, matrix } = this.#state;
    if (text === '') return;
    const [, style, weight, size = '10', family = 'sans-serif'] = FONT.exec(font) ?? [];
    const below = (BASELINES[textBaseline] ?? 0) * Number(size);
    const [a, b, c, d, e, f] = matrix;
    const moved = a !== 1 || b !== 0 || c !== 0 || d !== 1;
    const place = moved
      ? { transform: `matrix(${[a, b, c, d, e, f].map(pixels6).join(' ')})`, x, y: y + below }
      : { x: x + e, y: y + f + below };
    this.#add(
      `<text${attributes({
        ...place,
        'text-anchor': ANCHORS[textAlign] ?? null,
        'font-family': family,
        'font-size': Number(size),
        'font-weight': weight ?? null,
        'font-style': style === undefined || style === 'normal' ? null : style,
      })}${paint}>${escapeXml(text)}</text>`,
    );
  }
  #add(element: string): void {
    const { clip } = this.#state;
    this.#out.push(clip === null ? element : `<g clip-path="url(#${this.id}${clip})">${element}</g>`);
  }
  /** Draws and leaves the path that is being made as it is. */
  #aside(draw: () => void): void {
    const path = this.#path;
    this.#path = '';
    draw();
    this.#path = path;
  }
  #point(x: number, y: number): string {
    const [a, b, c, d, e, f] = this.#state.matrix;
    return `${pixels(a * x + c * y + e)} ${pixels(b * x + d * y + f)}`;
  }
  #scale(): number {
    const [a, b, c, d] = this.#state.matrix;
    return Math.sqrt(Math.abs(a * d - b * c));
  }
}

const pixels6 = (value: number): string => String(Math.round(value * 1e6) / 1e6);

function refusePath(path: unknown): void {
  if (path !== undefined) throw new Error('A Path2D cannot be drawn as SVG: draw on the context itself.');
}
