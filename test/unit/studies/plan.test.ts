import { describe, expect, it } from 'vitest';
import { countTasks, planStudy, secondsTogether } from '../../../src-main/studies/plan.js';
import { checkStudy } from '../../../src-main/studies/read-study.js';
import type { StudyTask } from '../../../src-main/vocabulary/study.js';
import { changed, type Changes } from './example-study.js';

const CONTENTS = new Map([
  ['breastmnist', 'aa'],
  ['pneumoniamnist', 'bb'],
]);
const plan = (changes: Changes = {}, searches: Changes = {}, contents = CONTENTS) =>
  planStudy(checkStudy(changed(changes, searches), 's.json'), contents);
const keys = (tasks: readonly StudyTask[]): string[] => tasks.map(({ key }) => key);

describe('the tasks of a study', () => {
  it('are datasets × budgets × seeds × methods, each search before its retrainings', () => {
    const tasks = plan({ retrainings: { seeds: [7, 8], epochs: 100 } });
    expect(countTasks(tasks)).toEqual({ tasks: 24, searches: 8, retrainings: 16 });
    expect(new Set(keys(tasks)).size).toBe(24);
    const told = tasks.slice(0, 6).map(({ dataset, method, budget, seed, trainingSeed }) => {
      return [dataset, method, budget, seed, trainingSeed].join(' ');
    });
    expect(told).toEqual([
      'breastmnist zo-darts++ 72000..222000 1 ',
      'breastmnist zo-darts++ 72000..222000 1 7',
      'breastmnist zo-darts++ 72000..222000 1 8',
      'breastmnist random 72000..222000 1 ',
      'breastmnist random 72000..222000 1 7',
      'breastmnist random 72000..222000 1 8',
    ]);
    expect(tasks[1]!.search).toBe(tasks[0]!.key);
    expect(tasks[0]!.search).toBeNull();
  });

  it('have keys that people can read', () => {
    expect(keys(plan())[1]).toMatch(
      /^breastmnist \/ zo-darts\+\+ \/ 72000\.\.222000 \/ seed 1 \/ training 1 #[0-9a-f]{12}$/,
    );
  });
});

describe('the key of a task', () => {
  const before = plan();

  it.each<[string, Changes, Changes]>([
    ['a seed is added', {}, { seeds: [1, 2, 3] }],
    ['a method is added', {}, { methods: ['darts-v1', 'zo-darts++', 'random'] }],
    ['a budget is added', {}, { budgets: ['72k..222k', '342k..506k', '1M'] }],
    ['a dataset is added', { datasets: ['pneumoniamnist', 'breastmnist'] }, {}],
    ['a retraining is added', { retrainings: { epochs: 100, seeds: [1, 2] } }, {}],
    ['it is computed otherwise', { on: { threads: 2, atOnce: 1 } }, {}],
    ['a budget is written otherwise', {}, { budgets: ['72,000..222,000', '342000..506000'] }],
  ])('stays when %s', (_, changes, searches) => {
    expect(keys(plan(changes, searches))).toEqual(expect.arrayContaining(keys(before)));
  });

  it.each<[string, Changes, Changes, 'all' | 'retrainings']>([
    ['the epochs of the search', {}, { epochs: 51 }, 'all'],
    ['the space', {}, { channels: 8 }, 'all'],
    ['the race', {}, { race: true }, 'all'],
    ['the backend', { on: { backend: 'webgpu' } }, {}, 'all'],
    ['the recipe', { retrainings: { seeds: [1], epochs: 100, mixup: 0 } }, {}, 'retrainings'],
  ])('is another when %s changes', (_, changes, searches, which) => {
    const after = new Set(keys(plan(changes, searches)));
    const kept = before.filter(({ key }) => after.has(key));
    expect(kept).toHaveLength(which === 'all' ? 0 : 8);
    expect(kept.every(({ search }) => search === null)).toBe(true);
  });

  it('stays when settings change places', () => {
    const settings = { trainingEpochs: 1, networks: 2 };
    const of = (settings: object) => keys(plan({}, { methods: [{ method: 'random', settings }] }));
    expect(of({ networks: 2, trainingEpochs: 1 })).toEqual(of(settings));
    expect(of({ networks: 1, trainingEpochs: 2 })).not.toEqual(of(settings));
  });

  it('is another when the contents of the dataset or the settings of the method are', () => {
    const contents = new Map([['breastmnist', 'cc']]);
    expect(keys(plan({}, {}, contents)).filter((key) => keys(before).includes(key))).toEqual([]);
    const methods = ['zo-darts++', { method: 'random', settings: { networks: 3 } }];
    const kept = keys(plan({}, { methods })).filter((key) => keys(before).includes(key));
    expect(kept).toHaveLength(8);
    expect(kept.every((key) => key.includes('zo-darts++'))).toBe(true);
  });
});

describe('the time of tasks together', () => {
  const task = (key: string, search: string | null = null): StudyTask => ({
    ...{ key, search, dataset: 'd', method: 'm', budget: '..1', seed: 1 },
    trainingSeed: search === null ? null : 1,
  });
  const seconds: { readonly [key: string]: number } = { a: 10, b: 4, a1: 3, a2: 3, b1: 3 };
  const of = ({ key }: StudyTask): number => seconds[key]!;
  const [a, a1, a2, b, b1] = [task('a'), task('a1', 'a'), task('a2', 'a'), task('b'), task('b1', 'b')];

  it.each<[string, readonly StudyTask[], number, number]>([
    ['nothing', [], 2, 0],
    ['one after the other', [a, a1, a2, b, b1], 1, 23],
    // a 0–10, b 0–4, b1 4–7, then the second place waits for a: a1 and a2 10–13
    ['two at a time, one waits for its search', [a, a1, a2, b, b1], 2, 13],
    ['more places than tasks', [a, b], 8, 10],
    // a1 10–13 and a2 13–16 behind a, b1 after b
    ['a retraining after its search', [a, a1], 2, 13],
  ])('%s', (_, tasks, atOnce, expected) => {
    expect(secondsTogether(tasks, of, atOnce)).toBe(expected);
  });
});
