import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import type { Images } from '../../../src-main/datasets/dataset.js';
import { NEAR_IDENTICAL } from '../../../src-main/datasets/health/outlines.js';
import { findTwins } from '../../../src-main/datasets/twins.js';

const SIZE = 10;

function images(list: readonly Uint8Array[], channels: 1 | 3 = 1): Images {
  const values = SIZE * SIZE * channels;
  const pixels = new Uint8Array(list.length * values);
  list.forEach((image, i) => pixels.set(image, i * values));
  return { count: list.length, height: SIZE, width: SIZE, channels, pixels };
}

const random = createRandom(5, 'twins');
const noise = (values = SIZE * SIZE): Uint8Array => Uint8Array.from({ length: values }, () => 40 + random.integer(160));
const changed = (image: Uint8Array, change: (value: number, p: number) => number): Uint8Array =>
  Uint8Array.from(image, (value, p) => Math.min(255, Math.max(0, Math.round(change(value, p)))));
const grey = (value: number): Uint8Array => new Uint8Array(SIZE * SIZE).fill(value);

/** By its definition. */
function correlation(a: Uint8Array, b: Uint8Array): number {
  const mean = (values: Uint8Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, own, other] = [0, 0, 0];
  a.forEach((value, p) => {
    both += (value - meanA) * (b[p]! - meanB);
    own += (value - meanA) ** 2;
    other += (b[p]! - meanB) ** 2;
  });
  return both / Math.sqrt(own * other);
}

describe('twins in other sets', () => {
  const original = noise();
  const rougher = changed(original, (value, p) => value + (p % 2 ? 12 : -12));
  const parts = {
    train: { images: images([noise(), original, grey(7), changed(original, (value) => 0.6 * value + 30)]) },
    val: { images: images([rougher, noise(), grey(8)]) },
    test: { images: images([original, grey(7), noise(), original]) },
  };

  it('are the same bytes, or the same picture brighter, flatter or a little rougher; the most alike first', async () => {
    const [twins] = await findTwins(parts, [{ part: 'test', index: 0 }]);
    expect(twins).toEqual([
      { part: 'train', index: 1, correlation: 1, identical: true },
      { part: 'train', index: 3, correlation: expect.closeTo(1, 3) as number, identical: false },
    ]);
    expect(twins![1]!.correlation).toBeLessThan(1);
    expect(correlation(original, rougher)).toBeLessThan(NEAR_IDENTICAL);
  });

  it('of one grey are identical ones only', async () => {
    const [twins] = await findTwins(parts, [{ part: 'test', index: 1 }]);
    expect(twins).toEqual([{ part: 'train', index: 2, correlation: 1, identical: true }]);
  });

  it('are none where there are none', async () => {
    expect(await findTwins(parts, [{ part: 'test', index: 2 }])).toEqual([[]]);
    expect(await findTwins(parts, [])).toEqual([]);
  });
});

it.each([1, 3] as const)(
  'every pair of %i channels is a twin exactly where its correlation says so',
  async (channels) => {
    const values = SIZE * SIZE * channels;
    // pictures of a few families, with noise that brings pairs to both sides of the limit
    const families = Array.from({ length: 4 }, () => noise(values));
    const drawn = Array.from({ length: 60 }, (_, i) => {
      const strength = 1 + random.integer(12);
      return changed(families[i % 4]!, (value) => value + strength * random.normal());
    });
    const [train, test] = [drawn.slice(0, 40), drawn.slice(40)];
    const parts = {
      train: { images: images(train, channels) },
      val: { images: images([], channels) },
      test: { images: images(test, channels) },
    };
    const found = await findTwins(
      parts,
      test.map((_, index) => ({ part: 'test' as const, index })),
    );
    let twins = 0;
    test.forEach((image, i) => {
      const expected = train.flatMap((other, j) => (correlation(image, other) >= NEAR_IDENTICAL ? [j] : []));
      expect(found[i]!.map(({ index }) => index).sort((a, b) => a - b)).toEqual(expected);
      for (const twin of found[i]!) expect(twin.correlation).toBeCloseTo(correlation(image, train[twin.index]!), 9);
      twins += expected.length;
    });
    expect(twins).toBeGreaterThan(20);
    expect(twins).toBeLessThan(190);
  },
);
