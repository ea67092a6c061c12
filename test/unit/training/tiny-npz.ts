import { writeFileSync } from 'node:fs';
import type { Dataset } from '../../../src-main/datasets/dataset.js';
import { DEMO_VERSION, SYNTHETIC_MARKER } from '../../../src-main/datasets/demo-format.js';
import type { NpyArray } from '../../../src-main/datasets/npy.js';
import { encodeNpz } from '../../../src-main/datasets/npz-writer.js';

/**
 * Writes a dataset as the file that it would be read from.
 * @param named marked as synthetic, so that four classes have the names of the demo dataset's; default false
 */
export function writeNpz(dataset: Dataset, path: string, { named = false } = {}): void {
  const arrays: Record<string, NpyArray> = {};
  for (const part of ['train', 'val', 'test'] as const) {
    const { images, labels } = dataset.parts[part];
    const shape = [images.count, images.height, images.width, ...(images.channels === 3 ? [3] : [])];
    arrays[`${part}_images`] = { dtype: 'uint8', shape, data: images.pixels };
    arrays[`${part}_labels`] = { dtype: 'uint8', shape: [labels.count, labels.labelsPerImage], data: labels.values };
  }
  if (named) arrays[SYNTHETIC_MARKER] = { dtype: 'uint32', shape: [2], data: Uint32Array.of(DEMO_VERSION, 0) };
  writeFileSync(path, Buffer.concat(encodeNpz(arrays)));
}
