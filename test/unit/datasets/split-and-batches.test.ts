import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { BatchSampler } from '../../../src-main/datasets/batches.js';
import { loadDataset } from '../../../src-main/datasets/medmnist.js';
import { poolParts, splitForSearch } from '../../../src-main/datasets/split.js';
import { medmnistArrays, npz, put, temporaryFolder } from './fixtures.js';

const path = put(temporaryFolder(), 'x.npz', npz(medmnistArrays()));

describe('split of a search', () => {
  test('train and val in two halves that share nothing, the test set not in it', async () => {
    const dataset = await loadDataset(path);
    const { pool, weights, architecture } = splitForSearch(dataset, createRandom(3, 'split'));
    expect(pool.images.count).toBe(10);
    expect(pool.labels.count).toBe(10);
    expect([weights.length, architecture.length]).toEqual([5, 5]);
    expect([...weights, ...architecture].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const { train, val } = dataset.parts;
    expect(Buffer.from(pool.images.pixels)).toEqual(Buffer.concat([train.images.pixels, val.images.pixels]));
    expect([...pool.labels.values]).toEqual([...train.labels.values, ...val.labels.values]);
  });

  test('the pool is a view of the loaded pixels, not a copy', async () => {
    const dataset = await loadDataset(path);
    const pool = poolParts(dataset, ['train', 'val']);
    expect(pool.images.pixels.buffer).toBe(dataset.parts.train.images.pixels.buffer);
    expect(poolParts(dataset, ['val', 'test']).images.pixels.length).toBe(6 * 144);
  });

  test('same seed, same halves; other seed, other halves', async () => {
    const dataset = await loadDataset(path);
    const weights = (seed: number): number[] => [...splitForSearch(dataset, createRandom(seed, 'split')).weights];
    expect(weights(1)).toEqual(weights(1));
    expect(weights(1)).not.toEqual(weights(2));
  });
});

describe('batches', () => {
  const images = Uint32Array.from({ length: 23 }, (_, i) => 100 + i);

  test('every pass draws each image at most once, in an order of its own', () => {
    const sampler = BatchSampler.create(images, 5, createRandom(1, 'batches'));
    expect(sampler.stepsPerEpoch).toBe(4);
    const passes = Array.from({ length: 6 }, () => Array.from({ length: 4 }, () => [...sampler.next()]).flat());
    for (const pass of passes) {
      expect(new Set(pass).size).toBe(20);
      expect(pass.every((index) => index >= 100 && index < 123)).toBe(true);
    }
    expect(new Set(passes.map(String)).size).toBe(6);
    // what is dropped is another remainder each time, so nothing is left out for good
    expect(new Set(passes.flat()).size).toBe(23);
  });

  test.each([
    ['batch larger than the set', 64, 23, 1],
    ['batch equal to the set', 23, 23, 1],
    ['batch of one', 1, 1, 23],
    ['batch just over half', 12, 12, 1],
  ])('%s', (_, batch, size, steps) => {
    const sampler = BatchSampler.create(images, batch, createRandom(1, 'batches'));
    expect([sampler.batch, sampler.stepsPerEpoch]).toEqual([size, steps]);
    for (let i = 0; i < 30; i++) expect(sampler.next().length).toBe(size);
  });

  test('restored at any step, it goes on as if never stopped', () => {
    const whole = BatchSampler.create(images, 4, createRandom(7, 'batches'));
    const expected = Array.from({ length: 40 }, () => [...whole.next()]);
    for (let stop = 0; stop <= 12; stop++) {
      const first = BatchSampler.create(images, 4, createRandom(7, 'batches'));
      const begun = Array.from({ length: stop }, () => [...first.next()]);
      const { order, ...plain } = first.state();
      const kept = { ...(JSON.parse(JSON.stringify(plain)) as typeof plain), order: order.slice() };
      first.next();
      const second = BatchSampler.restore(kept, 4);
      expect([...begun, ...Array.from({ length: 40 - stop }, () => [...second.next()])]).toEqual(expected);
    }
  });

  test('bad arguments are named', () => {
    const random = createRandom(1, 'x');
    expect(() => BatchSampler.create(new Uint32Array(0), 4, random)).toThrow(
      'there must be at least one image to draw from',
    );
    expect(() => BatchSampler.create(images, 0, random)).toThrow('batch must be at least 1, saw 0');
    expect(() => BatchSampler.restore({ order: images, position: 24, random: random.state() }, 4)).toThrow(
      'position must be from 0 to 23, saw 24',
    );
  });
});
