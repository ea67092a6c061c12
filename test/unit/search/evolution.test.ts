import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import { createRandom } from '../../../src-main/compute/random.js';
import { mutated, neighbours } from '../../../src-main/search/methods/evolution/mutation.js';
import { searchMethod } from '../../../src-main/search/methods/registry.js';
import { genotypeKey } from '../../../src-main/space/live-edges.js';
import { countParameters } from '../../../src-main/space/parameter-count.js';
import type { Genotype, GenotypeOperation } from '../../../src-main/vocabulary/space.js';
import { advance, tinyProblem } from './tiny-problem.js';

const { space } = tinyProblem();
const ANY = { lower: 0, upper: Number.MAX_SAFE_INTEGER };
const cells = (...operations: GenotypeOperation[]): Genotype => ({
  stages: [1, 2, 3].map(() => ({ depth: 1, operations })),
});
const SKIPS = cells(...Array.from({ length: 6 }, () => 'skip_connect' as const));
/** Node 0 to node 3, and nothing else. */
const DIRECT = cells('none', 'none', 'none', 'skip_connect', 'none', 'none');

beforeAll(async () => {
  await useBackend('native', { threads: 2 });
});

describe('mutation', () => {
  it.each([
    // 3 stages × (1 other depth + 6 edges × 6 other operations)
    ['changes any choice', SKIPS, ANY, 3 * (1 + 36)],
    ['never cuts node 3 off', DIRECT, ANY, 3 * (1 + 36 - 1)],
    // none, pools, and another depth of cells without parameters
    ['stays within the budget', SKIPS, { lower: 0, upper: countParameters(space, SKIPS) }, 3 * (1 + 6 * 2)],
  ])('%s', (_, genotype, budget, count) => {
    const found = neighbours(space, budget, genotype);
    expect(found).toHaveLength(count);
    expect(new Set(found.map((other) => JSON.stringify(other))).size).toBe(count);
    const choices = ({ stages }: Genotype): unknown[] =>
      stages.flatMap(({ depth, operations }) => [depth, ...operations]);
    const own = choices(genotype);
    for (const other of found) expect(choices(other).filter((choice, i) => choice !== own[i])).toHaveLength(1);
  });

  it('builds another network, also where most changes stand on edges that lead nowhere', () => {
    const random = createRandom(3, 'test');
    const known = new Set([genotypeKey(DIRECT)]);
    for (let i = 0; i < 20; i++) {
      const child = mutated(space, ANY, DIRECT, known, random)!;
      expect(known.has(genotypeKey(child))).toBe(false);
      known.add(genotypeKey(child));
    }
  });

  it('gives up where the budget has no other network', () => {
    const random = createRandom(1, 'test');
    expect(mutated(space, { lower: 0, upper: 0 }, DIRECT, new Set(), random)).toBeNull();
  });
});

it('lets the best of the youngest have a child that differs in one choice, and trains nothing twice', async () => {
  const epochs = 9;
  const settings = { population: 3, sample: 64, trainingEpochs: 1 };
  const search = await searchMethod('evolution').open(tinyProblem({ epochs }), settings, null);
  await advance(search, epochs * search.stepsPerEpoch);
  expect(search.finished).toBe(true);
  const { values } = await search.snapshot();
  const trained = values['trained'] as unknown as { genotype: Genotype; score: number; loss: number }[];
  expect(trained).toHaveLength(epochs);
  expect(new Set(trained.map(({ genotype }) => genotypeKey(genotype))).size).toBe(epochs);
  for (let i = 3; i < epochs; i++) {
    // 64 draws from three networks miss none of them
    const [parent] = trained.slice(i - 3, i).sort((a, b) => b.score - a.score || a.loss - b.loss);
    const before = neighbours(space, ANY, trained[i]!.genotype).map(genotypeKey);
    expect(before, `child ${i}`).toContain(genotypeKey(parent!.genotype));
  }
  search.dispose();
});

it.each([
  [7, 3, [4, 3]],
  [5, 9, [5]],
])('spends %i epochs at %i a network', async (epochs, trainingEpochs, expected) => {
  const search = await searchMethod('evolution').open(tinyProblem({ epochs }), { trainingEpochs }, null);
  const ends: number[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    await advance(search, search.stepsPerEpoch);
    if (search.trace().values['networks'] !== ends.length) ends.push(epoch);
  }
  expect(ends.map((end, i) => end - (ends[i - 1] ?? 0))).toEqual(expected);
  search.dispose();
});
