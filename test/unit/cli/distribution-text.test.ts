import { expect, it } from 'vitest';
import { distributionLines } from '../../../src-main/cli/distribution-text.js';

const WHOLE = '█'.repeat(40);
const HALF = '█'.repeat(20);
const LINE = '─'.repeat(20);

it.each([
  [
    'a bar for each range, as long as the longest for the most draws',
    [10, 11, 11, 14],
    { lower: 10, upper: 20 },
    [
      'parameters  draws',
      `${LINE} lower end of the budget: 10`,
      `        10      1  ${HALF}`,
      `        11      2  ${WHOLE}`,
      '        12      0',
      '        13      0',
      `        14      1  ${HALF}`,
      `${LINE} upper end of the budget: 20`,
    ],
  ],
  [
    'a bound divides the range that it lies in, and bars are densities',
    [...Array.from({ length: 16 }, (_, i) => 1000 + 100 * i), 1120, 1140],
    { lower: 0, upper: 1149 },
    [
      '  parameters  draws',
      `${LINE} lower end of the budget: 0`,
      `1,000..1,099      1  ${'█'.repeat(6)}▊`,
      `1,100..1,149      3  ${WHOLE}`,
      `${LINE} upper end of the budget: 1,149`,
      '1,150..1,199      0',
      ...Array.from({ length: 14 }, (_, i) => {
        const text = (value: number): string => value.toLocaleString('en-US');
        return `${text(1200 + 100 * i)}..${text(1299 + 100 * i)}      1  ${'█'.repeat(6)}▊`;
      }),
    ],
  ],
  [
    'all alike and far below the budget',
    [72_000, 72_000],
    { lower: 100_000, upper: 222_000 },
    [
      'parameters  draws',
      `    72,000      2  ${WHOLE}`,
      `${LINE} lower end of the budget: 100,000`,
      `${LINE} upper end of the budget: 222,000`,
    ],
  ],
])('%s', (_, values, budget, expected) => {
  expect(distributionLines(values, budget)).toEqual(expected);
});

it('a bound at the end of a range makes none of its own', () => {
  const values = Array.from({ length: 17 }, (_, i) => 10 * (i + 1));
  const lines = distributionLines(values, { lower: 20, upper: 60 });
  const rows = lines.slice(1, 7).map((line) => line.trim().split(/ +/).slice(0, 2).join(' '));
  expect(rows).toEqual(['0..19 1', `${LINE} lower`, '20..39 2', '40..60 3', `${LINE} upper`, '61..79 1']);
});

it('has few ranges, and no draw is lost', () => {
  for (const [least, most] of [
    [5_000, 5_100],
    [72_113, 3_401_977],
    [1, 1_000_000],
  ] as const) {
    const values = Array.from({ length: 300 }, (_, i) => Math.round(least + ((most - least) * i) / 299));
    const rows = distributionLines(values, { lower: 0, upper: 1e9 }).filter((line) => !line.includes('budget'));
    expect(rows.length).toBeLessThanOrEqual(19);
    const draws = rows.slice(1).map((row) => Number(/(\d+) {2}█|(\d+)$/.exec(row)?.slice(1).find(Boolean) ?? 0));
    expect(draws.reduce((a, b) => a + b, 0)).toBe(300);
  }
});
