import { beforeAll, expect, it } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import { searchMethod } from '../../../src-main/search/methods/registry.js';
import { genotypeKey } from '../../../src-main/space/live-edges.js';
import type { Genotype } from '../../../src-main/vocabulary/space.js';
import { advance, tinyProblem } from './tiny-problem.js';

interface Entry {
  readonly genotype: Genotype;
  readonly epochs: number;
  readonly score: number;
  readonly loss: number;
}

beforeAll(async () => {
  await useBackend('native', { threads: 2 });
});

it('trains four networks an epoch, the better two of them two more, and the best four more', async () => {
  const search = await searchMethod('random').open(tinyProblem({ epochs: 12 }), { networks: 4 }, null);
  const entries = async (): Promise<Entry[]> => {
    return (await search.snapshot()).values['entries'] as unknown as Entry[];
  };
  const best = (list: readonly Entry[], count: number): number[] =>
    [...list.keys()]
      .sort((i, j) => list[j]!.score - list[i]!.score || list[i]!.loss - list[j]!.loss)
      .slice(0, count)
      .sort((i, j) => i - j);
  const trainedFor = (list: readonly Entry[], epochs: number): number[] =>
    [...list.keys()].filter((i) => list[i]!.epochs >= epochs);

  await advance(search, 4 * search.stepsPerEpoch);
  const first = await entries();
  expect(new Set(first.map(({ genotype }) => genotypeKey(genotype))).size).toBe(4);
  expect(first.map(({ epochs }) => epochs)).toEqual([1, 1, 1, 1]);

  await advance(search, 4 * search.stepsPerEpoch);
  const second = await entries();
  expect(trainedFor(second, 3)).toEqual(best(first, 2));

  await advance(search, 4 * search.stepsPerEpoch);
  const third = await entries();
  const [winner] = trainedFor(third, 7);
  const left = best(first, 2).map((i) => second[i]!);
  expect(winner).toBe(best(first, 2)[best(left, 1)[0]!]);
  expect(third.reduce((sum, { epochs }) => sum + epochs, 0)).toBe(12);
  expect(search.finished).toBe(true);
  expect((await search.candidates())[0]!.genotype).toEqual(third[winner!]!.genotype);
  search.dispose();
});
