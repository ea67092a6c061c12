import { expect, test } from 'vitest';
import { catalogue, findByFileName, findByMd5, findInCatalogue } from '../../../src-main/datasets/catalogue.js';

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
    expect(entry.md5, entry.id).toMatch(/^[0-9a-f]{32}$/);
    expect(entry.url, entry.id).toMatch(/^https:\/\/zenodo\.org\/records\/\d+\/files\/[a-z]+mnist\.npz/);
    expect([1, 3]).toContain(entry.channels);
    expect(entry.labels.length).toBeGreaterThan(1);
    expect(entry.licence).toMatch(/^CC BY(-NC)? 4\.0$/);
    expect(Number.isInteger(entry.searchBatch), entry.id).toBe(true);
    for (const part of ['train', 'val', 'test'] as const) expect(entry.samples[part]).toBeGreaterThan(0);
  }
  expect(new Set(entries.map(({ md5 }) => md5)).size).toBe(12);
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
  ['/data/breastmnist.npz', 'breastmnist'],
  ['BreastMNIST_64.NPZ', 'breastmnist'],
  ['breastmnist_224.npz', 'breastmnist'],
  ['breastmnist_32.npz', undefined],
  ['my-breastmnist.npz', undefined],
  ['breastmnist.zip', undefined],
])('by file name: %s', (path, id) => {
  expect(findByFileName(path)?.id).toBe(id);
});

test('by MD5', () => {
  expect(findByMd5('750601B1F35BA3300EA97C75C52FF8F6')?.id).toBe('breastmnist');
  expect(findByMd5('0'.repeat(32))).toBeUndefined();
});
