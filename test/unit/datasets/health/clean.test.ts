import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readNpz } from '../../../../src-main/datasets/npz.js';
import type { CleaningChoice } from '../../../../src-main/datasets/health/clean.js';
import { readOriginals } from '../../../../src-main/datasets/image-sources.js';
import { inspectDataset, loadDataset } from '../../../../src-main/datasets/medmnist.js';
import { cleanDatasetFile } from '../../../../src-main/jobs/dataset-health.js';
import { temporaryFolder } from '../fixtures.js';
import { SIDE, writePlanted } from './made.js';

const folder = temporaryFolder();

const file = (name: string): string => writePlanted(join(folder, name));

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
  expect(description.notes).toEqual([
    expect.stringMatching(
      `^A cleaned copy of Made \\(SHA-256 [0-9a-f]{8}\\) without ${removed.train} training, ${removed.val} validation and ${removed.test} test images\\. Left out: .*\\.$`,
    ),
  ]);
  expect(readFileSync(path).equals(source)).toBe(true);
  const [before, after] = [await loadDataset(path), await loadDataset(out)];
  // patients and pixels went with their images
  const first = removed.train;
  expect(after.parts.train.labels.subjects?.patients?.[0]).toBe(first);
  expect(after.parts.train.images.pixels.subarray(0, SIDE * SIDE)).toEqual(
    before.parts.train.images.pixels.subarray(first * SIDE * SIDE, (first + 1) * SIDE * SIDE),
  );
});

it('knows of each image that is left which file it was made of', async () => {
  const out = join(folder, 'with-sources.npz');
  await clean(file('with-sources-of.npz'), out, { trainingTwins: true, conflictingTest: true });
  const text = Buffer.from((await readNpz(out)).get('medforge_sources')!.data as Uint8Array).toString();
  const rows = text
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(',').slice(0, 3).join(' '));
  // training image 0, validation image 1 and test image 1 are left out
  expect(rows.filter((row) => row.startsWith('train'))).toEqual(
    Array.from({ length: 19 }, (_, i) => `train ${i} train-${i + 1}.png`),
  );
  expect(rows).toContain('val 1 val-2.png');
  expect(rows).toContain('test 0 test-0.png');
  expect(rows).toContain('test 1 test-2.png');
  expect(rows).toHaveLength(57);
  expect((await readOriginals(out))?.kindOf.train).toHaveLength(19);
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
