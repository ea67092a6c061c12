import { createRandom } from '../../../src-main/compute/random.js';
import type { Dataset, Part, Task } from '../../../src-main/datasets/dataset.js';

const COUNTS: Record<Part, number> = { train: 37, val: 12, test: 70 };

/** A small dataset in memory: images whose brightness and stripes tell the class (up to three), with noise. */
export function tinyDataset(options: { task?: Task; classes?: number; size?: number; channels?: 1 | 3 } = {}): Dataset {
  const { task = 'multi-class', classes = 3, size = 8, channels = 1 } = options;
  const multiLabel = task === 'multi-label, binary-class';
  const random = createRandom(11, 'tiny');
  const part = (name: Part): Dataset['parts'][Part] => {
    const count = COUNTS[name];
    const labelsPerImage = multiLabel ? classes : 1;
    const values = new Uint8Array(count * labelsPerImage);
    const pixels = new Uint8Array(count * size * size * channels);
    for (let i = 0; i < count; i++) {
      const truth = Array.from({ length: classes }, (_, k) =>
        multiLabel ? Number(random.uniform() < 0.4) : Number(k === i % classes),
      );
      if (multiLabel) values.set(truth, i * classes);
      else values[i] = i % classes;
      for (let p = 0; p < size * size * channels; p++) {
        const x = Math.floor(p / channels) % size;
        const y = Math.floor(p / channels / size);
        // brighter, striped downwards, striped across: nothing that a crop or a mirror takes away
        const signs = [0.7, x % 2 ? 1 : -1, y % 2 ? 1 : -1];
        const signal = truth.reduce((sum, on, k) => sum + on * signs[k]!, 0);
        pixels[i * size * size * channels + p] = Math.min(255, Math.max(0, 110 + 55 * signal + 20 * random.normal()));
      }
    }
    return {
      images: { count, height: size, width: size, channels, pixels },
      labels: { count, labelsPerImage, values },
    };
  };
  return {
    name: 'Tiny',
    path: 'tiny.npz',
    sha256: 'ab'.repeat(32),
    bytes: 1,
    task,
    labels: Array.from({ length: classes }, (_, k) => `class ${'abcdef'[k]!}`),
    classes,
    size,
    channels,
    horizontalFlip: true,
    identity: 'not-official',
    catalogueId: null,
    licence: 'CC0 1.0',
    synthetic: true,
    parts: { train: part('train'), val: part('val'), test: part('test') },
  };
}
