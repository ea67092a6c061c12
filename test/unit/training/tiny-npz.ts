import { writeFileSync } from 'node:fs';
import type { Dataset } from '../../../src-main/datasets/dataset.js';
import type { NpyArray } from '../../../src-main/datasets/npy.js';
import { encodeNpz } from '../../../src-main/datasets/npz-writer.js';

/** Writes a dataset as the file that it would be read from. */
export function writeNpz(dataset: Dataset, path: string): void {
  const arrays: Record<string, NpyArray> = {};
  for (const part of ['train', 'val', 'test'] as const) {
    const { images, labels } = dataset.parts[part];
    const shape = [images.count, images.height, images.width, ...(images.channels === 3 ? [3] : [])];
    arrays[`${part}_images`] = { dtype: 'uint8', shape, data: images.pixels };
    arrays[`${part}_labels`] = { dtype: 'uint8', shape: [labels.count, labels.labelsPerImage], data: labels.values };
  }
  writeFileSync(path, Buffer.concat(encodeNpz(arrays)));
}
