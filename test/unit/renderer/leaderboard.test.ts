import { describe, expect, it } from 'vitest';
import type { ModelSummary } from '../../../src-main/ipc/contract.js';
import {
  COSTS,
  filterModels,
  frontOf,
  frontQuestion,
  type Cost,
  leaderboards,
  nextModelOrder,
  sortModels,
} from '../../../src-renderer/logic/leaderboard.js';
import type { ModelColumnKey } from '../../../src-renderer/logic/model-columns.js';
import { differenceAxis, differenceText } from '../../../src-renderer/logic/model-difference.js';
import { columnsToShow, toggledColumn } from '../../../src-renderer/logic/table-columns.js';
import { TEST_FIGURES, type TestFigure } from '../../../src-renderer/logic/test-figures.js';
import { exampleModel } from './example-model.js';

const figure = (value: number, half = 0.02) => ({ value, interval: [value - half, value + half] as const });
const model = (
  number: number,
  balanced: number,
  parameters: number,
  changes: Partial<ModelSummary> = {},
): ModelSummary =>
  exampleModel({
    model: number,
    parameters,
    test: { ...exampleModel().test, balancedAccuracy: figure(balanced) },
    ...changes,
  });
const numbers = (models: readonly ModelSummary[]): number[] => models.map(({ model: one }) => one);

const models = [
  model(1, 0.6, 100, { name: 'beta', tags: [] }),
  model(2, NaN, 300, { name: 'Alpha', searchRun: null, origin: null }),
  model(3, 0.9, 200, { name: 'gamma', timing: null, multiplyAccumulates: null }),
  model(4, 0.9, 400, { name: 'delta' }),
];

it('a leaderboard has what was measured on one file; names that are not enough have the contents', () => {
  const other = 'cd'.repeat(32);
  const boards = leaderboards([model(9, 0.5, 1, { sha256: other }), ...models, model(8, 0.5, 1, { sha256: other })]);
  expect(boards.map(({ label, models: of }) => [label, numbers(of)])).toEqual([
    ['BreastMNIST (SHA-256 cdcdcdcd)', [9, 8]],
    ['BreastMNIST (SHA-256 abababab)', [1, 2, 3, 4]],
  ]);
  expect(leaderboards(models).map(({ label }) => label)).toEqual(['BreastMNIST']);
});

it.each<[ModelColumnKey, boolean, number[]]>([
  ['balancedAccuracy', true, [4, 3, 1, 2]],
  ['balancedAccuracy', false, [1, 4, 3, 2]],
  ['parameters', false, [1, 3, 2, 4]],
  ['name', false, [2, 1, 4, 3]],
  ['time', false, [4, 2, 1, 3]],
  ['macs', true, [4, 2, 1, 3]],
  ['tags', false, [4, 3, 2, 1]],
  ['budget', true, [4, 3, 1, 2]],
  ['model', true, [4, 3, 2, 1]],
])('sorted by %s, descending %s: what is not known is last', (column, descending, expected) => {
  expect(numbers(sortModels(models, { column, descending }))).toEqual(expected);
});

it('a click sorts figures from the largest, costs from the smallest, and then the other way', () => {
  const start = { column: 'model', descending: true } as const;
  expect(nextModelOrder(start, 'auc')).toEqual({ column: 'auc', descending: true });
  expect(nextModelOrder(start, 'time')).toEqual({ column: 'time', descending: false });
  expect(nextModelOrder({ column: 'time', descending: false }, 'time')).toEqual({ column: 'time', descending: true });
});

it.each([
  ['', [1, 2, 3, 4]],
  ['ALPHA', [2]],
  ['#3', [3]],
  ['paper zo-darts', [3, 4]],
  ['by hand', [2]],
  ['500 epochs', [1, 2, 3, 4]],
  ['nothing', []],
])('the filter "%s"', (text, expected) => {
  expect(numbers(filterModels(models, text))).toEqual(expected);
});

describe('the front', () => {
  const keys = (figure: TestFigure, cost: Cost): number[] => [
    ...frontOf(frontQuestion(models, figure, cost)).standings.keys(),
  ];

  it('respects the intervals, and leaves out what lacks the figure or the cost', () => {
    const [balanced] = TEST_FIGURES;
    const [parameters, macs, time] = COSTS;
    expect([...frontOf(frontQuestion(models, balanced, parameters)).standings]).toEqual([
      [1, 'front'],
      [3, 'front'],
      [4, 'open'],
    ]);
    expect(keys(balanced, macs!)).toEqual([1, 4]);
    expect(
      keys(
        TEST_FIGURES.find(({ key }) => key === 'auc')!,
        time!,
      ),
    ).toEqual([1, 2, 4]);
  });
});

describe('columns', () => {
  const columns = [
    { key: 'a', name: 'a', width: 50, rank: 0, kept: true },
    { key: 'b', name: 'b', width: 100, rank: 2 },
    { key: 'c', name: 'c', width: 100, rank: 1 },
    { key: 'd', name: 'd', width: 10, rank: 3 },
  ];
  const keys = (choice: readonly string[] | null, room: number): string =>
    columnsToShow(columns, choice, room)
      .map(({ key }) => key)
      .join('');
  it.each([
    [null, 1000, 'abcd'],
    [null, 250, 'abc'],
    // A less important one takes no place that a more important one needs.
    [null, 249, 'ac'],
    [null, 10, 'a'],
    [[], 1000, 'a'],
    [['d', 'b', 'gone'], 10, 'abd'],
  ])('%j in %i pixels: %s', (choice, room, expected) => expect(keys(choice, room)).toBe(expected));

  it('are switched on and off from those that are shown', () => {
    const shown = columnsToShow(columns, null, 160);
    expect(toggledColumn(shown, 'd')).toEqual(['a', 'c', 'd']);
    expect(toggledColumn(shown, 'c')).toEqual(['a']);
  });
});

it('a difference says its unit, and why it has no interval', () => {
  const of = {
    figure: 'accuracy',
    first: 0.8,
    second: 0.75,
    difference: 0.05,
    interval: [-0.01, 0.1],
    missing: null,
  } as const;
  const few = { ...of, interval: null, missing: 'too few images for an interval' };
  const none = {
    ...few,
    figure: 'sensitivity',
    difference: null,
    missing: 'no image of "x" in the test set',
  } as const;
  expect([of, { ...of, figure: 'auc' as const }, few, none].map(differenceText)).toEqual([
    '+5.0 [−1.0, +10.0] points',
    '+0.050 [−0.010, +0.100]',
    '+5.0 points, too few images for an interval',
    'not defined: no image of "x" in the test set',
  ]);
  expect(differenceAxis([of, none])).toBeCloseTo(0.106, 12);
  expect(differenceAxis([none])).toBeCloseTo(0.053, 12);
});
