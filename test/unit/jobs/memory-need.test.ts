import { describe, expect, test } from 'vitest';
import {
  bytesNeeded,
  largestBatch,
  memoryNeed,
  memoryWarning,
  outOfMemory,
  requireMemory,
} from '../../../src-main/jobs/memory-need.js';
import { searchConfig as configOf } from '../../../src-main/jobs/search-config.js';
import type { JobConfig } from '../../../src-main/vocabulary/run-config.js';
import { retrainConfig, searchConfig } from '../history/fixtures.js';

const bytesOf = (config: JobConfig): number => {
  const { fixed, perImage } = memoryNeed(config, 28);
  return fixed + perImage * config.batch;
};
const search = (batch: number, channels: number, cells: number): JobConfig => ({
  ...searchConfig,
  batch,
  space: { ...searchConfig.space, channels, cells },
});

const dataset = {
  name: 'a',
  path: '/a',
  sha256: '',
  bytes: 1,
  catalogueId: null,
  labels: ['0', '1'],
  horizontalFlip: false,
};
const samples = { train: 8000, val: 1000, test: 1000 };
/** With the defaults for colours of this size. */
const largeSearch = (size: number, batch: number | null): JobConfig =>
  configOf({ ...dataset, samples, size, channels: 3, classes: 2 }, { batch });

describe('the memory that a search needs', () => {
  // largest resident size less that of the program with the dataset, both phases, BreastMNIST
  test.each([
    [16, 16, 3, 463e6],
    [64, 16, 3, 935e6],
    [128, 16, 3, 1604e6],
    [64, 32, 3, 2384e6],
    [64, 16, 1, 363e6],
    [64, 8, 3, 430e6],
  ])('batch %i, %i channels, %i cells: as measured', (batch, channels, cells, measured) => {
    const estimated = bytesOf(search(batch, channels, cells));
    expect(estimated / measured).toBeGreaterThan(1);
    expect(estimated / measured).toBeLessThan(1.3);
  });

  // colours, two choices of each edge (the default), forty drawn rounds
  test.each([
    [128, 16, 555e6],
    [128, 64, 968e6],
    [224, 64, 1144e6],
  ])('%i pixels, batch %i: as measured', (size, batch, measured) => {
    const config = largeSearch(size, batch);
    const { fixed, perImage } = memoryNeed(config, size);
    expect((fixed + perImage * config.batch) / measured).toBeGreaterThan(0.95);
    expect((fixed + perImage * config.batch) / measured).toBeLessThan(1.2);
  });

  test.each([64, 128, 224])('%i pixels by default: less than 2 GiB, program and a small dataset included', (size) => {
    const config = largeSearch(size, null);
    expect(config.batch).toBe(64);
    expect(300e6 + bytesNeeded(config, size)).toBeLessThan(2 * 2 ** 30);
  });

  test('grows with the area of the images', () => {
    const [small, large] = [28, 56].map((size) => memoryNeed(searchConfig, size));
    expect(large!.perImage / small!.perImage).toBeCloseTo(4, 6);
    expect(large!.fixed).toBe(small!.fixed);
  });
});

describe('the memory that a retraining needs', () => {
  const chain = ['conv_3x3', 'none', 'conv_3x3', 'skip_connect', 'none', 'conv_3x3'] as const;
  test.each([
    [64, 16, 248e6],
    [128, 16, 414e6],
    [64, 32, 526e6],
  ])('chain of three cells, batch %i, %i channels: as measured', (batch, channels, measured) => {
    const genotype = { stages: [1, 2, 3].map(() => ({ depth: 3, operations: [...chain] })) };
    const space = { ...retrainConfig.space, channels };
    const estimated = bytesOf({ ...retrainConfig, batch, space, genotype });
    expect(estimated / measured).toBeGreaterThan(0.9);
    expect(estimated / measured).toBeLessThan(1.6);
  });
});

describe('too little memory', () => {
  const config = search(512, 16, 3);

  test('is said before the run begins, with the largest batch that fits', () => {
    expect(() => requireMemory(config, 28, 1e9)).toThrow(
      /^This search needs about 5\.\d GB of memory with batches of 512 images, but only 1\.0 GB is free: start one with a batch of (\d+) or less, or fewer channels or cells\.$/,
    );
    const fits = largestBatch(memoryNeed(config, 28), 1e9);
    expect(() => requireMemory({ ...config, batch: fits }, 28, 1e9)).not.toThrow();
    expect(memoryWarning({ ...config, batch: fits }, 28, 1e9)).toBeNull();
    expect(() => requireMemory({ ...config, batch: 3 * fits }, 28, 1e9)).toThrow(
      expect.objectContaining({ kind: 'out-of-memory' }),
    );
  });

  test('as far as an estimate knows is a warning, and tried', () => {
    const fits = largestBatch(memoryNeed(config, 28), 1e9);
    const tight = { ...config, batch: 2 * fits };
    expect(() => requireMemory(tight, 28, 1e9)).not.toThrow();
    expect(memoryWarning(tight, 28, 1e9)).toBe(
      `This search needs about 1.1 GB of memory with batches of ${tight.batch} images, but only 1.0 GB is free. It will be tried; if it ` +
        `fails, start one with a batch of ${fits} or less, or fewer channels or cells.`,
    );
  });

  test('for any batch is said too', () => {
    expect(() => requireMemory(config, 28, 1e8)).toThrow('start one with fewer channels or cells; no batch fits.');
    expect(() => requireMemory(retrainConfig, 28, 1e6)).toThrow(
      'start one with a smaller architecture; no batch fits.',
    );
  });

  test('that shows in the middle names a smaller batch than the one that did not fit', () => {
    expect(outOfMemory(config, 28, 100e9)).toBe(
      'This search ran out of memory with batches of 512 images. Its last checkpoint is kept: free some memory and ' +
        'resume it, or start one with a batch of 256 or less, or fewer channels or cells.',
    );
    expect(outOfMemory(config, 28, 1e9)).toMatch(/a batch of [3-6]\d or less/);
  });
});
