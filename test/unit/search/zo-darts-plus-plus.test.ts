import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import { createRandom } from '../../../src-main/compute/random.js';
import type { Snapshot } from '../../../src-main/compute/snapshot.js';
import { Architecture } from '../../../src-main/search/architecture.js';
import { Learner } from '../../../src-main/search/learner.js';
import type { SearchProblem } from '../../../src-main/search/method.js';
import { ZoDartsPlusPlusSearch } from '../../../src-main/search/methods/zo-darts-plus-plus/search.js';
import {
  AS_PUBLISHED,
  zoDartsPlusPlusSettingsSchema,
  type ZoDartsPlusPlusSettings,
} from '../../../src-main/search/methods/zo-darts-plus-plus/settings.js';
import { searchData } from '../../../src-main/search/search-data.js';
import { advance, bits, keptSnapshot, STEPS, tinyProblem } from './tiny-problem.js';

const DEFAULTS = zoDartsPlusPlusSettingsSchema.parse({});

function start(
  settings: Partial<ZoDartsPlusPlusSettings> = {},
  problem: Partial<SearchProblem> = {},
  saved: Snapshot | null = null,
): ZoDartsPlusPlusSearch {
  return ZoDartsPlusPlusSearch.open(tinyProblem(problem), { ...DEFAULTS, ...settings }, saved);
}

beforeAll(async () => {
  await useBackend('native', { threads: 2 });
});

describe('ZO-DARTS++', () => {
  it.each([
    ['by default', {}],
    ['as published', AS_PUBLISHED],
  ])('gives the same bits with and without sparsity, %s', async (_, settings) => {
    // cold and spread from the start, so that many probabilities are 0
    const problem = { epochs: 5, budget: { lower: 0, upper: 5000 } };
    const spread = async (sparse: boolean): Promise<ZoDartsPlusPlusSearch> => {
      const fresh = await keptSnapshot(await advance(start(settings, { ...problem, sparse }), 2 * STEPS + 1));
      const random = createRandom(3, 'spread');
      fresh.arrays['architecture']!.forEach((_, i) => (fresh.arrays['architecture']![i] = 0.8 * random.normal()));
      return advance(start(settings, { ...problem, sparse }, fresh), 11);
    };
    const [sparse, dense] = [await spread(true), await spread(false)];
    const probabilities = sparse.architecture.probabilities(sparse.temperature);
    expect(probabilities.operations.filter((p) => p === 0).length).toBeGreaterThan(20);
    expect(sparse.architecture.vector).toEqual(dense.architecture.vector);
    expect(await bits(sparse)).toEqual(await bits(dense));
  });

  it.each([
    ['after 40 % of the epochs', { warmup: 0 }, 2],
    ['at the end of the warm-up', { warmup: 0.6 }, 3],
  ])('grows %s and the new branches learn', async (_, settings, epochs) => {
    const search = await advance(start(settings), epochs * STEPS);
    expect(search.architecture.grown).toBe(false);
    await advance(search, 1);
    expect(search.architecture.grown).toBe(true);
    const before = (await keptSnapshot(search)).arrays;
    await advance(search, 4);
    const after = (await keptSnapshot(search)).arrays;
    const five = 'net/weights/stages.0.0.five.filter';
    expect(after[five]).not.toEqual(before[five]);
    expect(before[five]).toHaveLength(6 * 25 * 16);
    expect(after['net/momenta/stages.0.0.three.filter']!.some((m) => m !== 0)).toBe(true);
  });

  it('learns: the loss of the last epochs is below that of the first', async () => {
    const search = start({}, { epochs: 14 });
    const losses: number[] = [];
    while (!search.finished) {
      const { report } = await search.advance();
      if (report) losses.push(report.loss);
    }
    expect(losses).toHaveLength(14);
    expect(losses.at(-1)).toBeLessThan(0.7 * losses[0]!);
  });

  it('goes on from a checkpoint of an earlier version, in the middle of a round', async () => {
    const kept = await keptSnapshot(await advance(start(AS_PUBLISHED), 5));
    const without = <T>(of: { readonly [name: string]: T }, left: string): { [name: string]: T } => {
      expect(Object.keys(of)).toContain(left);
      return Object.fromEntries(Object.entries(of).filter(([name]) => name !== left));
    };
    const [arrays, values] = [without(kept.arrays, 'paths'), without(kept.values, 'atGrowth')];
    const [former, own] = [start(AS_PUBLISHED, {}, { values, arrays }), start(AS_PUBLISHED, {}, kept)];
    expect(await bits(await advance(former, 9))).toEqual(await bits(await advance(own, 9)));
  });

  it('draws what its supernet ranks less decidedly than it ends, so that proposals differ', async () => {
    const problem = { epochs: 5, budget: { lower: 0, upper: 12_000 } };
    const kept = await keptSnapshot(await advance(start({}, problem), 5 * STEPS - 1));
    const random = createRandom(3, 'decided');
    kept.arrays['architecture']!.forEach((_, i) => (kept.arrays['architecture']![i] = 1.5 * random.normal()));
    const propose = async (ranking: boolean) => {
      const search = start({ ranking }, problem, kept);
      const candidates = await search.candidates();
      search.dispose();
      return candidates;
    };
    const [ranked, likeliest] = [await propose(true), await propose(false)];
    expect(ranked[0]).toEqual(likeliest[0]);
    const drawn = (of: typeof ranked): number => of.filter(({ source }) => source === 'sample').length;
    expect(drawn(ranked)).toBeGreaterThan(2 * drawn(likeliest));
  });

  it('refuses to go on with a loss that is not finite, naming the step', async () => {
    const broken = await keptSnapshot(await advance(start(), 5));
    broken.arrays['net/weights/classifier.bias']![0] = NaN;
    await expect(start({}, {}, broken).advance()).rejects.toMatchObject({
      kind: 'loss-not-finite',
      message:
        'the loss became NaN in epoch 2, step 2; the last checkpoint is kept: check the images of the dataset or try another seed',
    });
  });

  it('lets the architecture rest while the supernet warms up, and the weights learn', async () => {
    const search = start({ warmup: 0.15 }, { epochs: 20 });
    const before = { vector: search.architecture.vector.slice(), arrays: (await keptSnapshot(search)).arrays };
    await advance(search, 3 * STEPS);
    expect(search.architecture.vector).toEqual(before.vector);
    const { arrays } = await keptSnapshot(search);
    expect(Object.keys(arrays).some((name) => name.startsWith('twin/'))).toBe(false);
    expect(arrays['net/weights/stem.filter']).not.toEqual(before.arrays['net/weights/stem.filter']);
    await advance(search, 10);
    expect(search.architecture.vector).not.toEqual(before.vector);
  });
});

describe('net and twin', () => {
  it('stay bit-identical when the twin is not moved (u = 0)', async () => {
    const { space, dataset, batch } = tinyProblem();
    const data = searchData(dataset, batch, 1, null);
    const random = createRandom(1, 'test');
    const architecture = Architecture.create(2, random);
    const net = Learner.create(space, random);
    const twin = await net.clone();
    const probabilities = architecture.probabilities(1);
    const moved = architecture.moved(new Float64Array(90), 1e-3).probabilities(1);
    for (let step = 0; step < 10; step++) {
      const images = data.weights.toBackend(data.weights.next());
      await net.step(images, probabilities, { learningRate: 0.1, sparse: true });
      await twin.step(images, moved, { learningRate: 0.1, sparse: true });
    }
    const [own, other] = [await net.arrays(''), await twin.arrays('')];
    for (const [name, values] of Object.entries(own)) {
      expect(Buffer.compare(Buffer.from(values.buffer), Buffer.from(other[name]!.buffer)), name).toBe(0);
    }
  });
});

describe('each choice is one of its own', () => {
  it.each([
    [true, true],
    [false, false],
  ])('with the outlier cut %s the estimate of the first round counts nothing: %s', async (outlierCut, still) => {
    const search = start({ ...AS_PUBLISHED, outlierCut }, { epochs: 20 });
    const before = search.architecture.vector.slice();
    await advance(search, 10);
    // What is left is the decay: Adam's first step has full length and goes towards zero, whatever the gradient's size.
    const towardsZero = search.architecture.vector.every((a, i) => Math.sign(before[i]! - a) === Math.sign(before[i]!));
    expect(towardsZero).toBe(still);
    search.dispose();
  });

  it.each([
    [{ outlierCut: true }, 10],
    [{ budgetTerm: 'exact' }, 20],
    [{ budgetTerm: 'constraint' }, 20],
    [{ estimator: 'whole' }, 10],
    [{ temperature: 'smooth' }, 2],
    [{ warmup: 0.2 }, 10],
    [{ paths: 'two' }, 1],
  ] as const)('%j changes the published search, from step %i on', async (change, step) => {
    const ends = await Promise.all(
      [AS_PUBLISHED, { ...AS_PUBLISHED, ...change }].map(async (settings) => {
        const search = await advance(start(settings, { budget: { lower: 0, upper: 5000 } }), step);
        const { arrays } = await keptSnapshot(search);
        search.dispose();
        return [arrays['architecture'], arrays['net/weights/stem.filter']];
      }),
    );
    expect(ends[1]).not.toEqual(ends[0]);
  });
});
