import { describe, expect, it } from 'vitest';
import type { StudyTaskRow } from '../../../src-main/ipc/contract.js';
import { boundsOf, budgetSpans, methodLooks, violinShapes } from '../../../src-renderer/logic/study-figures.js';
import { budgetWords, filterTasks, sortTasks, taskColumns } from '../../../src-renderer/logic/study-tasks.js';

const row = (task: number, change: Partial<StudyTaskRow> = {}): StudyTaskRow => ({
  ...{ task, dataset: 'd', method: 'm', budget: '1..2', seed: 1, trainingSeed: null, standing: 'waiting' as const },
  ...{ reason: null, run: null, epoch: 0, epochs: 0, seconds: 0, attempts: 0, ...change },
});
const rows = [
  row(1, { standing: 'finished', run: 1, epoch: 5, epochs: 5, seconds: 9 }),
  row(2, { standing: 'running', run: 2, epoch: 2, epochs: 5, trainingSeed: 4, seconds: 3 }),
  row(3, { standing: 'given-up', reason: 'why', method: 'a' }),
  row(4),
];
const numbers = (found: readonly StudyTaskRow[]): number[] => found.map(({ task }) => task);

describe('tasks of a study', () => {
  it.each([
    ['task', false, [1, 2, 3, 4]],
    ['task', true, [4, 3, 2, 1]],
    ['standing', false, [3, 2, 4, 1]],
    ['progress', true, [1, 2, 3, 4]],
    ['method', false, [3, 1, 2, 4]],
    ['seconds', true, [1, 2, 3, 4]],
    ['training', true, [2, 1, 3, 4]],
  ] as const)('are sorted by %s, descending %s', (column, descending, order) =>
    expect(numbers(sortTasks(rows, { column, descending }))).toEqual(order),
  );

  it.each([
    ['all', [1, 2, 3, 4]],
    ['going', [2]],
    ['waiting', [4]],
    ['finished', [1]],
    ['missing', [3]],
  ] as const)('that are %s', (filter, left) => expect(numbers(filterTasks(rows, filter))).toEqual(left));

  it('say why they are missing before how far they came', () => {
    const rank = (filter: 'all' | 'missing') => taskColumns(filter).find(({ key }) => key === 'reason')!.rank;
    expect(rank('missing')).toBeLessThan(rank('all'));
  });

  it.each([
    ['72000..222000', '72\u202fk – 222\u202fk'],
    ['..222000', 'up to 222\u202fk'],
    ['72000..', 'from 72\u202fk'],
    ['..', 'any size'],
  ])('budget %s is %s', (budget, words) => expect(budgetWords(budget)).toBe(words));
});

describe('violins of a study', () => {
  const sample = { dataset: 'd', seed: 1, run: 1 };
  const figures = {
    budgets: ['1..9', '..20'],
    methods: ['a', 'b'],
    samples: [
      { ...sample, method: 'b', budget: '..20', parameters: [5, 5] },
      { ...sample, method: 'a', budget: '1..9', parameters: [3, 1] },
      { ...sample, method: 'a', budget: '1..9', seed: 2, parameters: [2] },
      { ...sample, method: 'a', budget: '1..9', dataset: 'other', parameters: [9] },
    ],
  };
  const shapes = violinShapes(figures, 'd');

  it('are one for a method within a budget, over all its searches', () => {
    expect(shapes).toMatchObject([
      { method: 'a', budget: '1..9', searches: 2, values: [1, 2, 3], median: 2, quartiles: [1.5, 2.5] },
      { method: 'b', budget: '..20', searches: 1, values: [5, 5], median: 5, curve: [] },
    ]);
    expect(shapes[0]!.curve[0]!.value).toBe(1);
    expect(shapes[0]!.curve.at(-1)!.value).toBe(3);
  });

  it('lie beside those of the same budget, between its bounds', () => {
    expect(budgetSpans(shapes)).toEqual([
      { budget: '1..9', first: 0, last: 0 },
      { budget: '..20', first: 1, last: 1 },
    ]);
    expect(budgetSpans([{ budget: 'x' }, { budget: 'x' }])).toEqual([{ budget: 'x', first: 0, last: 1 }]);
    expect([boundsOf('1..9'), boundsOf('..20')]).toEqual([
      { lower: 1, upper: 9 },
      { lower: null, upper: 20 },
    ]);
  });

  it('have a colour of their own as far as there are colours', () => {
    const looks = methodLooks({ methods: Array.from({ length: 8 }, (_, i) => `m${i}`) });
    expect(new Set(looks.slice(0, 6).map(({ colour }) => colour)).size).toBe(6);
    expect(looks.map(({ again }) => again)).toEqual([...new Array<boolean>(6).fill(false), true, true]);
  });
});
