import { expect, test } from 'vitest';
import {
  catalogue,
  fileId,
  fileName,
  findByMd5,
  findCatalogued,
  findInCatalogue,
  namedLike,
} from '../../../src-main/datasets/catalogue.js';

test('the catalogue has the twelve sets, whole', () => {
  const entries = catalogue();
  expect(entries.map(({ id }) => id).sort()).toEqual(
    [
      'blood',
      'breast',
      'chest',
      'derma',
      'oct',
      'organa',
      'organc',
      'organs',
      'path',
      'pneumonia',
      'retina',
      'tissue',
    ].map((name) => `${name}mnist`),
  );
  for (const entry of entries) {
    expect(entry.files.map(({ size }) => size)).toEqual([28, 64, 128, 224]);
    for (const { size, md5, url } of entry.files) {
      expect(md5, entry.id).toMatch(/^[0-9a-f]{32}$/);
      expect(url).toBe(`https://zenodo.org/records/10519652/files/${fileId(entry, size)}.npz?download=1`);
    }
    expect([1, 3]).toContain(entry.channels);
    expect(entry.labels.length).toBeGreaterThan(1);
    expect(entry.licence).toMatch(/^CC BY(-NC)? 4\.0$/);
    expect(Number.isInteger(entry.searchBatch), entry.id).toBe(true);
    for (const part of ['train', 'val', 'test'] as const) expect(entry.samples[part]).toBeGreaterThan(0);
  }
  expect(new Set(entries.flatMap(({ files }) => files.map(({ md5 }) => md5))).size).toBe(48);
  expect(entries.filter(({ horizontalFlip }) => !horizontalFlip).map(({ name }) => name)).toEqual([
    'OrganAMNIST',
    'OrganCMNIST',
    'OrganSMNIST',
  ]);
});

test.each([
  ['breastmnist', 'breastmnist'],
  ['BreastMNIST', 'breastmnist'],
  ['breast', 'breastmnist'],
  ['organA', 'organamnist'],
  ['mnist', undefined],
  ['', undefined],
])('by name: %s', (name, id) => {
  expect(findInCatalogue(name)?.id).toBe(id);
});

test.each([
  ['breastmnist', 'breastmnist', 'BreastMNIST'],
  ['BreastMNIST', 'breastmnist', 'BreastMNIST'],
  ['breastmnist_28', 'breastmnist', 'BreastMNIST'],
  ['breastmnist_64', 'breastmnist_64', 'BreastMNIST 64×64'],
  ['BreastMNIST 64×64', 'breastmnist_64', 'BreastMNIST 64×64'],
  ['organa_224', 'organamnist_224', 'OrganAMNIST 224×224'],
  ['breastmnist_32', undefined, undefined],
  ['breastmnist.npz', undefined, undefined],
])('a file of the catalogue: %s', (name, id, title) => {
  const found = findCatalogued(name);
  expect(found && fileId(found.entry, found.file.size)).toBe(id);
  expect(found && fileName(found.entry, found.file.size)).toBe(title);
});

test.each([
  ['breastmnist.npz', 'breastmnist'],
  ['BreastMNIST_64.NPZ', 'breastmnist'],
  ['breastmnist (1).npz', 'breastmnist'],
  ['Breast MNIST', 'breastmnist'],
  ['breastmnist copy', 'breastmnist'],
  ['breastmnist.npz (not official)', 'breastmnist'],
  ['my-breastmnist.npz', undefined],
  ['BreastMNIST, cleaned', undefined],
  ['Chest of Lund', undefined],
])('what a name could be taken for: %s', (name, id) => {
  expect(namedLike(name)?.id).toBe(id);
});

test('by MD5, in four sizes', () => {
  expect(findByMd5('750601B1F35BA3300EA97C75C52FF8F6')).toMatchObject({
    entry: { id: 'breastmnist' },
    file: { size: 28 },
  });
  expect(findByMd5('b56378a6eefa9fed602bb16d192d4c8b')).toMatchObject({
    entry: { id: 'breastmnist' },
    file: { size: 224 },
  });
  expect(findByMd5('0'.repeat(32))).toBeUndefined();
});
