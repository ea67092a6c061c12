import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { identityText, ownName } from '../../../src-main/datasets/identity.js';
import { inspectDataset } from '../../../src-main/datasets/medmnist.js';
import { encodeNpz } from '../../../src-main/datasets/npz-writer.js';
import { readNpz } from '../../../src-main/datasets/npz.js';
import type { NpyArray } from '../../../src-main/datasets/npy.js';
import { put, temporaryFolder } from './fixtures.js';

const folder = temporaryFolder();
const REAL = '../shared/data/breastmnist.npz';

/** The official arrays in another file: other order, no compression. */
async function repacked(change: (arrays: Record<string, NpyArray>) => void = () => undefined): Promise<string> {
  const arrays = Object.fromEntries([...(await readNpz(REAL))].reverse());
  change(arrays);
  return put(folder, 'breastmnist.npz', Buffer.concat(encodeNpz(arrays)));
}

describe.runIf(existsSync(REAL))('what a file is follows from its content', () => {
  it('the official bytes under any name', async () => {
    const path = put(folder, 'my scans.npz', readFileSync(REAL));
    expect(await inspectDataset(path)).toMatchObject({ name: 'BreastMNIST', identity: 'official', md5Matches: true });
  });

  it('the official pixels and labels in other bytes', async () => {
    const description = await inspectDataset(await repacked());
    expect(description).toMatchObject({
      name: 'BreastMNIST',
      identity: 'same-contents',
      catalogueId: 'breastmnist',
      md5Matches: false,
      labels: ['malignant', 'normal, benign'],
    });
    expect(identityText(description)).toBe(
      'the same contents as BreastMNIST: the official pixels and labels, in a file of other bytes',
    );
  });

  it.each(['train_images', 'test_labels'])('one other value in %s, and it is another set', async (name) => {
    const path = await repacked((arrays) => {
      const data = Uint8Array.from(arrays[name]!.data as Uint8Array);
      data[7] = data[7] === 1 ? 0 : 1;
      arrays[name] = { ...arrays[name]!, data };
    });
    const description = await inspectDataset(path);
    expect(description).toMatchObject({
      name: 'breastmnist.npz (not official)',
      identity: 'not-official',
      catalogueId: null,
      labels: ['0', '1'],
      licence: null,
    });
    expect(identityText(description)).toBe(
      'not the official BreastMNIST file, only named like it: its figures are not to be set beside published ones',
    );
  });
});

test.each([
  [undefined, '/data/scans.npz', 'scans'],
  [undefined, '/data/BreastMNIST.npz', 'BreastMNIST.npz (not official)'],
  [undefined, 'pathmnist_64 (1).npz', 'pathmnist_64 (1).npz (not official)'],
  ['Chest of Lund', '/data/chestmnist.npz', 'Chest of Lund'],
  ['ChestMNIST', '/data/lund.npz', 'ChestMNIST (not official)'],
])('a file that says %s in %s is called "%s"', (said, path, name) => {
  expect(ownName(said, path)).toBe(name);
});

test.each([
  [{ identity: 'official', catalogueId: 'breastmnist', size: 64 }, 'the official BreastMNIST 64×64 file (MD5)'],
  [
    { identity: 'not-official', name: 'lungs' },
    'not an official MedMNIST file: its figures are not to be set beside published ones',
  ],
  [
    { identity: null, catalogueId: 'breastmnist', name: 'BreastMNIST' },
    'not known to be official: it was not proved by content when this was trained',
  ],
  [{ synthetic: true }, 'drawn by MedForge, not an official MedMNIST file'],
] as const)('%j is said', (subject, text) => {
  const plain = { name: 'x', identity: 'not-official', catalogueId: null, size: 28, synthetic: false } as const;
  expect(identityText({ ...plain, ...subject })).toBe(text);
});
