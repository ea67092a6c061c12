import type { Budget } from '../vocabulary/budget.js';
import { count, table } from './output.js';

/** Rows of a histogram at most, before the bounds divide some. */
const MOST_ROWS = 16;
/** Characters of the longest bar. */
const LONGEST_BAR = 40;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * How counts of parameters are distributed: a row for each range, its bar as long as its density, and the bounds of the budget as
 * lines. A bound within a range divides it, so that no bar crosses a line.
 * @param values at least one
 */
export function distributionLines(values: readonly number[], { lower, upper }: Budget): string[] {
  const sorted = values.toSorted((a, b) => a - b);
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  const width = rangeWidth(least, most);
  const start = Math.floor(least / width) * width;
  const edges = Array.from({ length: Math.floor((most - start) / width) + 2 }, (_, i) => start + i * width);
  // The upper end itself is within the budget: the range above begins one parameter later.
  const bounds = [lower, upper + 1].filter((bound) => bound > start && bound < edges.at(-1)!);
  const others = edges.filter((edge) => edge !== upper || edge === start);
  const cuts = [...new Set([...others, ...bounds])].sort((a, b) => a - b);
  const ranges = cuts.slice(0, -1).map((from, i) => {
    const to = cuts[i + 1]!;
    const draws = values.filter((value) => from <= value && value < to).length;
    return { from, to, draws, density: draws / (to - from) };
  });
  const densest = Math.max(...ranges.map(({ density }) => density));
  const rows = table(
    [
      ['parameters', 'draws', ''],
      ...ranges.map(({ from, to, draws, density }) => [
        to - from > 1 ? `${count(from)}..${count(to - 1)}` : count(from),
        draws,
        bar(density / densest),
      ]),
    ],
    [true, true],
  );
  const lines = [
    { cut: lower, text: `lower end of the budget: ${count(lower)}` },
    { cut: upper + 1, text: `upper end of the budget: ${count(upper)}` },
  ];
  const drawn = (from: number, to: number): string[] =>
    lines.filter(({ cut }) => from < cut && cut <= to).map(({ text }) => `${'─'.repeat(LONGEST_BAR / 2)} ${text}`);
  return [
    rows[0]!,
    ...ranges.flatMap(({ from }, i) => [...drawn(ranges[i - 1]?.from ?? -Infinity, from), rows[i + 1]!]),
    ...drawn(ranges.at(-1)!.from, Infinity),
  ];
}

/** 1, 2 or 5 times a power of ten, and at least 1, so that the ranges are few. */
function rangeWidth(least: number, most: number): number {
  const wanted = Math.max(1, (most - least + 1) / MOST_ROWS);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return [1, 2, 5, 10].map((factor) => factor * power).find((width) => width >= wanted)!;
}

/** @param share 0..1 */
function bar(share: number): string {
  const eighths = Math.ceil(share * LONGEST_BAR * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}
