import { expect, test } from 'vitest';
import { createRandom, type Random } from '../../../src-main/compute/random.js';
import { augmentBatch, gatherLabels, normaliseBatch } from '../../../src-main/datasets/augmentation.js';
import type { Images } from '../../../src-main/datasets/dataset.js';

function images(count: number, size: number, channels: 1 | 3): Images {
  const pixels = new Uint8Array(count * size * size * channels).map((_, i) => (i * 73 + 19) & 255);
  return { count, height: size, width: size, channels, pixels };
}

/** A generator that gives the wanted crop and mirror: for tests of the geometry. */
function scripted(crops: number[], mirrors: boolean[]): Random {
  const rest = createRandom(1, 'unused');
  return Object.assign(Object.create(rest) as Random, {
    integer: () => crops.shift()!,
    next32: () => (mirrors.shift() ? 0x80000000 : 0),
  });
}

/** The definition: pad raw pixels with zeros, crop, mirror, normalise. */
function reference(source: Images, index: number, down: number, right: number, mirrored: boolean): number[] {
  const { height, width, channels, pixels } = source;
  const result: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = mirrored ? width - 1 - x : x;
      const [sy, sx] = [y + down, from + right];
      for (let c = 0; c < channels; c++) {
        const inside = sy >= 0 && sy < height && sx >= 0 && sx < width;
        const raw = inside ? pixels[((index * height + sy) * width + sx) * channels + c]! : 0;
        result.push(Math.fround((raw / 255 - 0.5) / 0.5));
      }
    }
  }
  return result;
}

test.each([1, 3] as const)(
  'every crop and mirror of an image with %i channels is what the definition says',
  (channels) => {
    const source = images(3, 8, channels);
    for (let down = -4; down <= 4; down++) {
      for (let right = -4; right <= 4; right++) {
        for (const mirrored of [false, true]) {
          const random = scripted([down + 4, right + 4], [mirrored]);
          const batch = augmentBatch(source, [2], { padding: 4, horizontalFlip: true }, random);
          expect([...batch], `${down} ${right} ${mirrored}`).toEqual(reference(source, 2, down, right, mirrored));
        }
      }
    }
  },
);

test('where labels know left from right nothing is mirrored', () => {
  const source = images(1, 8, 1);
  const random = scripted([4, 4], [true]);
  const batch = augmentBatch(source, [0], { padding: 4, horizontalFlip: false }, random);
  expect([...batch]).toEqual(reference(source, 0, 0, 0, false));
});

test('crops and mirrors are spread evenly', () => {
  const size = 12;
  const pixels = new Uint8Array(size * size);
  pixels[5 * size + 4] = 255;
  const source: Images = { count: 1, height: size, width: size, channels: 1, pixels };
  const batch = augmentBatch(
    source,
    new Uint32Array(8100),
    { padding: 4, horizontalFlip: true },
    createRandom(1, 'augmentation'),
  );
  const counts = new Map<string, number>();
  for (let b = 0; b < 8100; b++) {
    const at = batch.subarray(b * 144, (b + 1) * 144).indexOf(1);
    const key = at < 0 ? 'outside' : `${Math.floor(at / size)},${at % size}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  // the pixel can land on 9 rows and on columns 0..8 (as it is) or 3..11 (mirrored): 9 × 12 places
  expect(counts.size).toBe(9 * 12);
  for (const [key, count] of counts) {
    const column = Number(key.split(',')[1]);
    const expected = column < 3 || column > 8 ? 50 : 100;
    expect(Math.abs(count - expected), key).toBeLessThan(0.6 * expected);
  }
});

test('same generator state, same bits; the given buffer is used', () => {
  const source = images(16, 28, 1);
  const indices = Uint32Array.from({ length: 16 }, (_, i) => 15 - i);
  const options = { padding: 4, horizontalFlip: true };
  const first = augmentBatch(source, indices, options, createRandom(5, 'augmentation'));
  const out = new Float32Array(16 * 784).fill(7);
  expect(augmentBatch(source, indices, options, createRandom(5, 'augmentation'), out)).toBe(out);
  expect(Buffer.compare(Buffer.from(out.buffer), Buffer.from(first.buffer))).toBe(0);
  expect(() => augmentBatch(source, indices, options, createRandom(5, 'augmentation'), new Float32Array(3))).toThrow(
    'out must have 12544 values, saw 3',
  );
});

test('evaluation normalises and changes nothing else', () => {
  const source = images(4, 12, 3);
  expect([...normaliseBatch(source, [3, 1])]).toEqual([
    ...reference(source, 3, 0, 0, false),
    ...reference(source, 1, 0, 0, false),
  ]);
});

test('labels are gathered in the order of the indices', () => {
  const labels = { count: 3, labelsPerImage: 2, values: Uint8Array.of(0, 1, 1, 1, 0, 0) };
  expect(gatherLabels(labels, [2, 0])).toEqual(Int32Array.of(0, 0, 0, 1));
});
