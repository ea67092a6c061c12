import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../src-main/ipc/contract.js';
import { filterRuns, mergeRuns, nextOrder, sortRuns, type SortColumn } from '../../../src-renderer/logic/run-table.js';

const validated = (accuracy: number): Partial<RunSummary> => ({ searchValidation: { accuracy, auc: null } });
const tested = (accuracy: number, auc: number): Partial<RunSummary> => ({
  test: {
    networks: 1,
    balancedAccuracy: { value: NaN, interval: null },
    finding: null,
    auc: { value: auc, interval: null },
    accuracy: { value: accuracy, interval: null },
  },
});

function run(number: number, changes: Partial<RunSummary> = {}): RunSummary {
  return {
    run: number,
    kind: 'search',
    name: `run ${number}`,
    state: 'finished',
    dataset: 'BreastMNIST',
    synthetic: false,
    createdAt: `2026-11-0${number}T10:00:00Z`,
    finishedAt: null,
    epoch: 50,
    epochs: 50,
    seed: 1,
    budget: null,
    expectedParameters: null,
    parameters: null,
    searchValidation: null,
    test: null,
    seconds: 10,
    secondsLeft: null,
    tags: [],
    note: '',
    error: null,
    queuePosition: null,
    ...changes,
  };
}

const runs = [
  run(1, { name: 'Alpha', ...validated(0.9), parameters: 200_000, tags: ['paper'] }),
  run(2, {
    name: 'beta',
    ...validated(0.8),
    expectedParameters: 100_000,
    state: 'running',
    note: 'compare with the thesis',
  }),
  run(3, { name: 'Gamma', dataset: 'PneumoniaMNIST', state: 'interrupted' }),
  run(4, { name: 'delta', kind: 'retrain', ...tested(0.7, NaN), parameters: 300_000, state: 'queued' }),
];
const numbers = (list: readonly RunSummary[]): number[] => list.map((entry) => entry.run);

describe('filter of the history', () => {
  it.each([
    ['', 'all', [1, 2, 3, 4]],
    ['ALPHA', 'all', [1]],
    ['breast', 'all', [1, 2, 4]],
    ['breast paper', 'all', [1]],
    ['paper breast', 'all', [1]],
    ['thesis', 'all', [2]],
    ['#3', 'all', [3]],
    ['retrain', 'all', [4]],
    ['nothing like this', 'all', []],
    ['  ', 'active', [2, 4]],
    ['', 'interrupted', [3]],
    ['breast', 'queued', [4]],
  ] as const)('%j, %s', (text, state, expected) =>
    expect(numbers(filterRuns(runs, { text, state }))).toEqual(expected),
  );

  it('sees a changed note at once', () => {
    const changed = mergeRuns(runs, [run(3, { note: 'outlier' })]);
    expect(numbers(filterRuns(changed, { text: 'outlier', state: 'all' }))).toEqual([3]);
  });
});

describe('sorting of the history', () => {
  it.each([
    ['createdAt', true, [4, 3, 2, 1]],
    ['createdAt', false, [1, 2, 3, 4]],
    ['name', false, [1, 2, 4, 3]],
    ['name', true, [3, 4, 2, 1]],
    ['searchValidation', true, [1, 2, 4, 3]],
    ['searchValidation', false, [2, 1, 4, 3]],
    ['testAccuracy', true, [4, 3, 2, 1]],
    ['testAuc', true, [4, 3, 2, 1]],
    ['parameters', true, [4, 1, 2, 3]],
    ['parameters', false, [2, 1, 4, 3]],
    ['state', false, [2, 4, 3, 1]],
    ['run', true, [4, 3, 2, 1]],
  ] as const)('by %s, descending %s', (column, descending, expected) =>
    expect(numbers(sortRuns(runs, { column, descending }))).toEqual(expected),
  );

  it('does not change its input', () => {
    sortRuns(runs, { column: 'run', descending: true });
    expect(numbers(runs)).toEqual([1, 2, 3, 4]);
  });

  it.each<[SortColumn, SortColumn, boolean, boolean]>([
    ['testAccuracy', 'testAccuracy', true, false],
    ['testAccuracy', 'testAccuracy', false, true],
    ['testAccuracy', 'name', true, false],
    ['name', 'testAccuracy', false, true],
  ])('a click after %s on %s (was descending %s) is descending %s', (from, to, was, is) =>
    expect(nextOrder({ column: from, descending: was }, to)).toEqual({ column: to, descending: is }),
  );

  it('looks once at each of 5,000 runs for the filter, however much is typed, and once for each order', () => {
    const count = 5000;
    const looks = { note: 0, searchValidation: 0 };
    const many = Array.from({ length: count }, (_, index) => {
      const watched = run(index, validated((index * 7919) % 101));
      const { note, searchValidation } = watched;
      return Object.defineProperties(watched, {
        note: { get: () => ((looks.note += 1), note) },
        searchValidation: { get: () => ((looks.searchValidation += 1), searchValidation) },
      });
    });
    for (const text of ['r', 'ru', 'run', 'run breast']) {
      expect(filterRuns(many, { text, state: 'all' })).toHaveLength(count);
    }
    sortRuns(many, { column: 'searchValidation', descending: true });
    expect(looks).toEqual({ note: count, searchValidation: count });
  });
});

describe('merging what changed', () => {
  it('replaces by number, keeps the place, adds the new at the end', () => {
    const merged = mergeRuns(runs, [run(7), run(2, { state: 'paused' })]);
    expect(numbers(merged)).toEqual([1, 2, 3, 4, 7]);
    expect(merged[1]?.state).toBe('paused');
    expect(merged[0]).toBe(runs[0]);
  });
});
