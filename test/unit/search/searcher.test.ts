import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import { createRandom } from '../../../src-main/compute/random.js';
import type { Snapshot } from '../../../src-main/compute/snapshot.js';
import { tf } from '../../../src-main/compute/tensorflow.js';
import type { Dataset, Images, Labels } from '../../../src-main/datasets/dataset.js';
import { Architecture } from '../../../src-main/search/architecture.js';
import { Learner } from '../../../src-main/search/learner.js';
import { searchData } from '../../../src-main/search/search-data.js';
import { Searcher, type SearchSettings } from '../../../src-main/search/searcher.js';

const SETTINGS: SearchSettings = {
  space: { channels: 4, cells: 2, inputChannels: 1, classes: 2 },
  budget: { lower: 0, upper: 12_000 },
  epochs: 5,
  seed: 7,
  estimator: 'exact',
  sparse: true,
};
const BATCH = 8;
const STEPS = 4;

/** Bright against dark squares with noise: 68 images, so that an epoch has four steps and a round ends inside epochs. */
function tinyDataset(labelsPerImage = 1): Dataset {
  const random = createRandom(5, 'tiny dataset');
  const part = (count: number): { images: Images; labels: Labels } => {
    const values = Uint8Array.from({ length: count * labelsPerImage }, () => random.integer(2));
    const pixels = Uint8Array.from(
      { length: count * 64 },
      (_, i) => 80 + 60 * values[Math.floor(i / 64) * labelsPerImage]! + random.integer(60),
    );
    return {
      images: { count, height: 8, width: 8, channels: 1, pixels },
      labels: { count, labelsPerImage, values },
    };
  };
  return {
    name: 'tiny',
    path: 'tiny.npz',
    sha256: '',
    bytes: 0,
    task: labelsPerImage > 1 ? 'multi-label, binary-class' : 'binary-class',
    labels: ['dark', 'bright'],
    classes: 2,
    size: 8,
    channels: 1,
    horizontalFlip: true,
    catalogueId: null,
    licence: null,
    synthetic: true,
    parts: { train: part(48), val: part(20), test: part(4) },
  };
}

function start(
  settings: Partial<SearchSettings> = {},
  snapshot: Snapshot | null = null,
  dataset = tinyDataset(),
): Searcher {
  const complete = { ...SETTINGS, ...settings };
  const data = searchData(dataset, BATCH, complete.seed, snapshot);
  return snapshot ? Searcher.restore(complete, data, snapshot) : Searcher.create(complete, data);
}

async function advance(searcher: Searcher, steps: number): Promise<Searcher> {
  for (let i = 0; i < steps; i++) await searcher.advance();
  return searcher;
}

async function copyOf(searcher: Searcher): Promise<Snapshot> {
  return structuredClone(await searcher.snapshot());
}

/** The bits of a whole searcher: its values, and a digest of each array. */
async function bits(searcher: Searcher): Promise<object> {
  const { values, arrays } = await searcher.snapshot();
  const digest = (array: Uint8Array | object): string =>
    createHash('sha256')
      .update(
        new Uint8Array(
          (array as Uint8Array).buffer,
          (array as Uint8Array).byteOffset,
          (array as Uint8Array).byteLength,
        ),
      )
      .digest('hex');
  return { values, arrays: Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, digest(array)])) };
}

beforeAll(async () => {
  await useBackend('native', { threads: 2 });
});

describe('searcher', () => {
  it('is the same for the same seed and another for another', async () => {
    const [a, b, c] = [start(), start(), start({ seed: 8 })];
    for (const searcher of [a, b, c]) await advance(searcher, 12);
    expect(await bits(a)).toEqual(await bits(b));
    expect(a.architecture.vector).not.toEqual(c.architecture.vector);
  });

  it.each([1, 2, 3])('has the same bits with %i threads', async (threads) => {
    await useBackend('native', { threads: 2 });
    const reference = await bits(await advance(start(), 12));
    await useBackend('native', { threads });
    expect(await bits(await advance(start(), 12))).toEqual(reference);
  });

  it.each([0, 1, 4, 7, 8, 10, 13, 19])(
    'stopped after step %i and restored, it ends with the same bits',
    async (stop) => {
      const whole = await advance(start(), 5 * STEPS);
      const first = await advance(start(), stop);
      const kept = await copyOf(first);
      first.dispose();
      const second = await advance(start({}, kept), 5 * STEPS - stop);
      expect(second.finished).toBe(true);
      expect(await bits(second)).toEqual(await bits(whole));
    },
  );

  it.each(['exact', 'published'] as const)('gives the same bits with and without sparsity (%s)', async (estimator) => {
    // cold and spread from the start, so that many probabilities are 0
    const settings = { estimator, epochs: 5, budget: { lower: 0, upper: 5000 } };
    const spread = async (sparse: boolean): Promise<Searcher> => {
      const fresh = await copyOf(await advance(start({ ...settings, sparse }), 2 * STEPS + 1));
      const random = createRandom(3, 'spread');
      fresh.arrays['architecture']!.forEach((_, i) => (fresh.arrays['architecture']![i] = 0.8 * random.normal()));
      return advance(start({ ...settings, sparse }, fresh), 11);
    };
    const [sparse, dense] = [await spread(true), await spread(false)];
    const probabilities = sparse.architecture.probabilities(sparse.temperature);
    expect(probabilities.operations.filter((p) => p === 0).length).toBeGreaterThan(20);
    expect(sparse.architecture.vector).toEqual(dense.architecture.vector);
    expect(await bits(sparse)).toEqual(await bits(dense));
  });

  it('grows after 40 % of the epochs and the new branches learn', async () => {
    const searcher = await advance(start(), 2 * STEPS);
    expect(searcher.architecture.grown).toBe(false);
    await advance(searcher, 1);
    expect(searcher.architecture.grown).toBe(true);
    const before = (await copyOf(searcher)).arrays;
    await advance(searcher, 4);
    const after = (await copyOf(searcher)).arrays;
    const five = 'net/weights/stages.0.0.five.filter';
    expect(after[five]).not.toEqual(before[five]);
    expect(before[five]).toHaveLength(6 * 25 * 16);
    expect(after['net/momenta/stages.0.0.three.filter']!.some((m) => m !== 0)).toBe(true);
  });

  it('learns: the loss of the last epochs is below that of the first', async () => {
    const searcher = start({ epochs: 10 });
    const losses: number[] = [];
    while (!searcher.finished) {
      const { report } = await searcher.advance();
      if (report) losses.push(report.loss);
    }
    expect(losses).toHaveLength(10);
    expect(losses.at(-1)).toBeLessThan(0.7 * losses[0]!);
  });

  it('searches on several labels per image', async () => {
    const searcher = start({}, null, tinyDataset(2));
    const { report } = await (await advance(searcher, STEPS - 1)).advance();
    expect(report!.loss).toBeGreaterThan(0);
    expect(report!.accuracy).toBeGreaterThanOrEqual(0);
    expect(report!.accuracy).toBeLessThanOrEqual(1);
  });

  it('refuses to go on with a loss that is not finite, naming the step', async () => {
    const broken = await copyOf(await advance(start(), 5));
    broken.arrays['net/weights/classifier.bias']![0] = NaN;
    await expect(start({}, broken).advance()).rejects.toMatchObject({
      kind: 'loss-not-finite',
      message:
        'the loss became NaN in epoch 2, step 2; the last checkpoint is kept: check the images of the dataset or try another seed',
    });
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const searcher = await advance(start(), 13);
    searcher.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('net and twin', () => {
  it('stay bit-identical when the twin is not moved (u = 0)', async () => {
    const data = searchData(tinyDataset(), BATCH, 1, null);
    const random = createRandom(1, 'test');
    const architecture = Architecture.create(2, random);
    const net = Learner.create(SETTINGS.space, random);
    const twin = await net.clone();
    const probabilities = architecture.probabilities(1);
    const moved = architecture.moved(new Float64Array(90), 1e-3).probabilities(1);
    for (let step = 0; step < 10; step++) {
      const batch = data.weights.toBackend(data.weights.next());
      await net.step(batch, probabilities, { learningRate: 0.1, sparse: true });
      await twin.step(batch, moved, { learningRate: 0.1, sparse: true });
    }
    const [own, other] = [await net.arrays(''), await twin.arrays('')];
    for (const [name, values] of Object.entries(own)) {
      expect(Buffer.compare(Buffer.from(values.buffer), Buffer.from(other[name]!.buffer)), name).toBe(0);
    }
  });
});

describe('the estimate of the first round', () => {
  it.each([
    ['exact', true],
    ['published', false],
  ] as const)('with the %s estimator counts nothing: %s', async (estimator, still) => {
    const searcher = start({ estimator, epochs: 20 });
    const before = searcher.architecture.vector.slice();
    await advance(searcher, 10);
    // What is left is the decay: Adam's first step has full length and goes towards zero, whatever the gradient's size.
    const towardsZero = searcher.architecture.vector.every(
      (a, i) => Math.sign(before[i]! - a) === Math.sign(before[i]!),
    );
    expect(towardsZero).toBe(still);
    searcher.dispose();
  });
});
