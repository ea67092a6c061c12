import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { encodeNpz } from '../../../../src-main/datasets/npz-writer.js';
import type { NpyArray } from '../../../../src-main/datasets/npy.js';
import type { CleaningChoice } from '../../../../src-main/datasets/health/clean.js';
import { inspectDataset, loadDataset } from '../../../../src-main/datasets/medmnist.js';
import { cleanDatasetFile } from '../../../../src-main/jobs/dataset-health.js';
import { temporaryFolder } from '../fixtures.js';
import { brighter, dataset, SIDE, sound, type Shown } from './made.js';

const folder = temporaryFolder();
const PARTS = ['train', 'val', 'test'] as const;

/** A file whose first test image is the brighter first training image, and whose second one contradicts the second validation image. */
function file(name: string): string {
  const p = sound();
  const test: Shown[] = [[brighter(p.train[0]![0]), 0], [p.val[1]![0], 0], ...p.test.slice(2)];
  const { parts } = dataset({ ...p, test });
  const arrays: Record<string, NpyArray> = {};
  for (const part of PARTS) {
    const { images, labels } = parts[part];
    arrays[`${part}_images`] = { dtype: 'uint8', shape: [images.count, SIDE, SIDE], data: images.pixels };
    arrays[`${part}_labels`] = { dtype: 'uint8', shape: [labels.count, 1], data: labels.values };
    arrays[`${part}_patients`] = {
      dtype: 'int32',
      shape: [images.count],
      data: Int32Array.from({ length: images.count }, (_, i) => i),
    };
  }
  const said = {
    ...{ format: 'medforge-dataset-1', name: 'Made', task: 'binary-class', labels: ['calm', 'wild'] },
    ...{ horizontalFlip: false, licence: 'of the hospital alone', groupings: [], later: 'what a later version wrote' },
  };
  const text = new TextEncoder().encode(JSON.stringify(said));
  arrays['medforge_dataset'] = { dtype: 'uint8', shape: [text.length], data: text };
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(encodeNpz(arrays)));
  return path;
}

async function clean(path: string, out: string, choice: CleaningChoice) {
  const { sha256, name, labels, horizontalFlip } = await inspectDataset(path);
  const named = { name: `${name} (cleaned)`, labels, horizontalFlip };
  return cleanDatasetFile({ path, sha256, out, choice, named });
}

it.each([
  [
    { trainingTwins: true, conflictingTest: false },
    { train: 1, val: 1, test: 0 },
  ],
  [
    { trainingTwins: false, conflictingTest: true },
    { train: 0, val: 0, test: 1 },
  ],
  [
    { trainingTwins: true, conflictingTest: true },
    { train: 1, val: 1, test: 1 },
  ],
])('a cleaned copy lacks what was chosen: %o', async (choice, removed) => {
  const path = file('source.npz');
  const source = readFileSync(path);
  const out = join(folder, 'cleaned.npz');
  const { description, cleaned } = await clean(path, out, choice);
  expect(cleaned.removed).toEqual(removed);
  expect(description).toMatchObject({
    ...{ name: 'Made (cleaned)', labels: ['calm', 'wild'], horizontalFlip: false, licence: 'of the hospital alone' },
    samples: { train: 20 - removed.train, val: 20 - removed.val, test: 20 - removed.test },
  });
  expect(readFileSync(path).equals(source)).toBe(true);
  const [before, after] = [await loadDataset(path), await loadDataset(out)];
  // patients and pixels went with their images
  const first = removed.train;
  expect(after.parts.train.labels.subjects?.patients?.[0]).toBe(first);
  expect(after.parts.train.images.pixels.subarray(0, SIDE * SIDE)).toEqual(
    before.parts.train.images.pixels.subarray(first * SIDE * SIDE, (first + 1) * SIDE * SIDE),
  );
});

it('is not made where nothing would be left out, or nothing left', async () => {
  const path = file('again.npz');
  const out = join(folder, 'clean.npz');
  const choice = { trainingTwins: true, conflictingTest: true };
  await clean(path, out, choice);
  await expect(clean(out, join(folder, 'twice.npz'), choice)).rejects.toMatchObject({
    kind: 'clean-nothing',
  });
});
