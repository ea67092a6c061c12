import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpz } from '../../../src-main/datasets/npz-writer.js';
import { inspectDataset, type DatasetDescription } from '../../../src-main/datasets/medmnist.js';

const SIZE = 28;
const COUNTS = { train: 96, val: 32, test: 32 };

/**
 * Writes a MedMNIST file of a few images in two classes (bright above, bright below): an epoch takes a blink.
 * @param variant another number makes other images  @param counts images of each part
 */
export async function writeTinyDataset(
  folder: string,
  variant = 0,
  counts: Partial<typeof COUNTS> = {},
): Promise<DatasetDescription> {
  const arrays = Object.fromEntries(
    Object.entries({ ...COUNTS, ...counts }).flatMap(([part, count], which) => {
      const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
      const pixels = new Uint8Array(count * SIZE * SIZE);
      for (let i = 0; i < pixels.length; i++) {
        const image = Math.floor(i / (SIZE * SIZE));
        const above = i % (SIZE * SIZE) < (SIZE * SIZE) / 2;
        pixels[i] = ((i * 37 + which * 11 + variant) % 96) + (above === (labels[image] === 0) ? 128 : 0);
      }
      return [
        [`${part}_images`, { dtype: 'uint8' as const, shape: [count, SIZE, SIZE], data: pixels }],
        [`${part}_labels`, { dtype: 'uint8' as const, shape: [count, 1], data: labels }],
      ];
    }),
  );
  const path = join(folder, 'tiny.npz');
  writeFileSync(path, Buffer.concat(encodeNpz(arrays)));
  return inspectDataset(path);
}
