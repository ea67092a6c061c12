import type { Axis, Chart, Mark, Series } from '../document.js';
import { count, shareText } from '../text.js';
import { escaped } from './escape.js';
import { colourOf, INK, INK_2, LINE, LINE_STRONG, SERIES, WELL } from './palette.js';

/*
 * Charts as SVG of vectors and letters, for paper: nothing to point at, so that everything worth knowing is written down.
 * Lengths in CSS pixels.
 */

const FONT = 11;
/** Width of a letter, on average. */
const LETTER = 6;
const HEAVY_LETTER = 7;
const LEGEND_LINE = 16;

type Options = { readonly width: number; readonly label: string };

export function svgOf(chart: Chart, options: Options): string {
  switch (chart.type) {
    case 'plot':
      return plot(chart, options);
    case 'intervals':
      return intervals(chart, options);
    case 'columns':
      return columns(chart, options);
  }
}

const px = (value: number): string => String(Math.round(value * 100) / 100);

function frame(height: number, { width, label }: Options, content: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escaped(label)}" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}" font-size="${FONT}">${content.join('')}</svg>`;
}

interface TextOptions {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly colour?: string;
  readonly weight?: number;
  readonly turned?: boolean;
}

function label(
  x: number,
  y: number,
  text: string,
  { anchor = 'start', colour = INK_2, weight, turned }: TextOptions = {},
): string {
  const place = turned ? ` transform="rotate(-90 ${px(x)} ${px(y)})"` : '';
  const heavy = weight === undefined ? '' : ` font-weight="${weight}"`;
  return `<text x="${px(x)}" y="${px(y)}" stroke="#fff" stroke-width="3" stroke-linejoin="round" paint-order="stroke" text-anchor="${anchor}" fill="${colour}"${heavy}${place}>${escaped(text)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string, width = 1, dash = ''): string {
  const dashed = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" stroke="${colour}" stroke-width="${width}"${dashed}/>`;
}

/** "40 %", "0.85", "120k" */
function tickText(value: number, { format, ticks }: Axis): string {
  if (format === 'count') {
    const all = ticks.every((tick) => tick % 1000 === 0);
    return all && value !== 0 ? `${count(value / 1000)}k` : count(value);
  }
  if (format === 'area') return value.toFixed(2);
  const whole = ticks.every((tick) => Math.abs(100 * tick - Math.round(100 * tick)) < 1e-6);
  return whole ? `${Math.round(100 * value)}\u202f%` : shareText(value);
}

/** As much of a text as fits into a width. */
function fitting(text: string, width: number): string {
  const letters = Array.from(text);
  const most = Math.max(4, Math.floor(width / LETTER));
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
}

/** What explains the series, as lines of pairs that fit beside each other. */
function legendLines(series: readonly Series[], width: number): Series[][] {
  const lines: Series[][] = [];
  let used = Infinity;
  for (const one of series) {
    const own = 42 + Math.min(one.name.length, Math.floor((width - 42) / LETTER)) * LETTER;
    if (used + own > width) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)!.push(one);
    used += own;
  }
  return lines;
}

function legend(lines: readonly (readonly Series[])[], x: number, width: number): string[] {
  return lines.flatMap((row, i) => {
    let at = x;
    const y = 10 + i * LEGEND_LINE;
    return row.flatMap((one) => {
      const name = fitting(one.name, width - 42);
      const parts = [key(one, at, y - 4), label(at + 22, y, name)];
      at += 42 + Array.from(name).length * LETTER;
      return parts;
    });
  });
}

function key(series: Series, x: number, y: number): string {
  const colour = colourOf(series.colour);
  if (series.style === 'line') return line(x, y, x + 16, y, colour, 2);
  if (series.style === 'dashes') return line(x, y, x + 16, y, colour, 1.5, '4 3');
  return point(x + 8, y, series);
}

function point(x: number, y: number, { style, colour }: Series): string {
  const own = colourOf(colour);
  if (style === 'hollow')
    return `<circle cx="${px(x)}" cy="${px(y)}" r="3.5" fill="#fff" stroke="${own}" stroke-width="1.5"/>`;
  if (style === 'emphasis') {
    return `<path d="M${px(x)} ${px(y - 6)}L${px(x + 6)} ${px(y)}L${px(x)} ${px(y + 6)}L${px(x - 6)} ${px(y)}Z" fill="${own}" stroke="#fff" stroke-width="1"/>`;
  }
  return `<circle cx="${px(x)}" cy="${px(y)}" r="4" fill="${own}" stroke="#fff" stroke-width="1"/>`;
}

function plot({ x, y, series }: Extract<Chart, { type: 'plot' }>, options: Options): string {
  const { width } = options;
  const square = x.format === 'share' && y.format === 'share';
  const shown = series.filter(({ marks }) => marks.length > 0);
  const lines = legendLines(shown, width - 8);
  const [left, right, top, bottom] = [54, 24, lines.length * LEGEND_LINE + 12, 40];
  const inner = width - left - right;
  const height = top + bottom + (square ? Math.min(inner, 250) : Math.min(inner * 0.5, 250));
  const plotHeight = height - top - bottom;
  const atX = (value: number): number => left + (inner * (value - x.min)) / (x.max - x.min);
  const atY = (value: number): number => top + plotHeight * (1 - (value - y.min) / (y.max - y.min));
  const grid = [
    ...y.ticks.flatMap((tick) => [
      line(left, atY(tick), width - right, atY(tick), LINE),
      label(left - 6, atY(tick) + 4, tickText(tick, y), { anchor: 'end' }),
    ]),
    ...x.ticks.flatMap((tick) => [
      line(atX(tick), top, atX(tick), top + plotHeight, LINE),
      label(atX(tick), top + plotHeight + 15, tickText(tick, x), { anchor: 'middle' }),
    ]),
    label(left + inner / 2, height - 6, fitting(x.title, inner), { anchor: 'middle', colour: INK }),
    label(12, top + plotHeight / 2, fitting(y.title, plotHeight), { anchor: 'middle', colour: INK, turned: true }),
  ];
  const drawn = shown.flatMap((one) => drawSeries(one, atX, atY, width - right));
  return frame(height, options, [...legend(lines, 4, width - 8), ...grid, ...drawn]);
}

function drawSeries(
  one: Series,
  atX: (value: number) => number,
  atY: (value: number) => number,
  end: number,
): string[] {
  const colour = colourOf(one.colour);
  if (one.style === 'line' || one.style === 'dashes') {
    const path = one.marks.map((mark, i) => `${i === 0 ? 'M' : 'L'}${px(atX(mark.x))} ${px(atY(mark.y))}`).join('');
    const dash = one.style === 'dashes' ? ' stroke-dasharray="4 3"' : '';
    return [
      `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${one.style === 'line' ? 2 : 1.25}"${dash}/>`,
    ];
  }
  return one.marks.flatMap((mark) => [
    ...(mark.interval ? [whisker(atX(mark.x), atY(mark.interval[0]), atY(mark.interval[1]), colour)] : []),
    point(atX(mark.x), atY(mark.y), one),
    ...(mark.label === undefined ? [] : [beside(mark, atX, atY, end, colour)]),
  ]);
}

/** Right of the point, or left of it where the picture ends. */
function beside(
  { x, y, label: text = '' }: Mark,
  atX: (value: number) => number,
  atY: (value: number) => number,
  end: number,
  colour: string,
): string {
  const room = atX(x) + 12 + text.length * LETTER < end;
  const at = { x: atX(x) + (room ? 10 : -10), y: atY(y) - 8 };
  return label(at.x, at.y, text, { anchor: room ? 'start' : 'end', colour, weight: 600 });
}

function whisker(x: number, low: number, high: number, colour: string): string {
  return [line(x, low, x, high, colour, 1.5), ...[low, high].map((y) => line(x - 3, y, x + 3, y, colour, 1.5))].join(
    '',
  );
}

const ROW = 22;

function intervals({ axis, rows, reference }: Extract<Chart, { type: 'intervals' }>, options: Options): string {
  const { width } = options;
  const longest = Math.max(4, ...rows.map(({ name }) => Array.from(name).length));
  const left = Math.min(longest * HEAVY_LETTER + 16, width * 0.45);
  const right = 24;
  const top = reference ? 20 : 6;
  const plotHeight = rows.length * ROW;
  const height = top + plotHeight + 38;
  const at = (value: number): number => left + ((width - left - right) * (value - axis.min)) / (axis.max - axis.min);
  const content = [
    ...axis.ticks.flatMap((tick) => [
      line(at(tick), top, at(tick), top + plotHeight, LINE),
      label(at(tick), top + plotHeight + 15, tickText(tick, axis), { anchor: 'middle' }),
    ]),
    label(left + (width - left - right) / 2, height - 4, axis.title, { anchor: 'middle', colour: INK }),
    ...(reference && reference.value >= axis.min && reference.value <= axis.max
      ? [
          line(at(reference.value), top - 4, at(reference.value), top + plotHeight, SERIES[1], 1.5, '4 3'),
          label(at(reference.value), 11, reference.name, { anchor: 'middle', colour: SERIES[1] }),
        ]
      : []),
    ...rows.flatMap(({ name, value, interval, strong }, i) => {
      const y = top + i * ROW + ROW / 2;
      const colour = strong ? SERIES[0] : LINE_STRONG;
      return [
        label(left - 8, y + 4, fitting(name, (left - 16) * (LETTER / HEAVY_LETTER)), {
          anchor: 'end',
          colour: INK,
          ...(strong ? { weight: 600 } : {}),
        }),
        ...(value === null ? [label(left + 4, y + 4, 'not defined')] : []),
        ...(value !== null && interval ? [line(at(interval[0]), y, at(interval[1]), y, colour, 2)] : []),
        ...(value === null
          ? []
          : [point(at(value), y, { name, style: strong ? 'filled' : 'hollow', colour: strong ? 0 : null, marks: [] })]),
      ];
    }),
  ];
  return frame(height, options, content);
}

function columns({ title, columns: all }: Extract<Chart, { type: 'columns' }>, options: Options): string {
  const { width } = options;
  const [left, right, top, bottom] = [10, 10, 20, 72];
  const plotHeight = 170;
  const height = top + plotHeight + bottom;
  const most = Math.max(1, ...all.map(({ count: images }) => images));
  const step = (width - left - right) / Math.max(1, all.length);
  const base = top + plotHeight;
  const content = [
    ...all.flatMap(({ name, count: images }, i) => {
      const tall = (plotHeight * images) / most;
      const middle = left + step * (i + 0.5);
      return [
        `<rect x="${px(middle - step * 0.36)}" y="${px(base - tall)}" width="${px(step * 0.72)}" height="${px(tall)}" fill="${images === 0 ? WELL : SERIES[0]}"/>`,
        label(middle, base - tall - 4, count(images), { anchor: 'middle', colour: INK }),
        label(middle + 4, base + 8, name, { anchor: 'end', turned: true }),
      ];
    }),
    line(left, base, width - right, base, LINE_STRONG),
    label(width / 2, height - 4, fitting(`${title}, in %`, width - 8), { anchor: 'middle', colour: INK }),
  ];
  return frame(height, options, content);
}
