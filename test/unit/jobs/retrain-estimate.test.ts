import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import { retrainConfig } from '../../../src-main/jobs/retrain-config.js';
import { measureOn } from '../../../src-main/jobs/retrain-estimate.js';
import { temporaryFolder } from '../history/fixtures.js';
import { tinyDataset } from '../training/tiny-dataset.js';

let home: ReturnType<typeof temporaryFolder>;
beforeEach(async () => {
  home = temporaryFolder();
  await useBackend('native', { threads: 1 });
});
afterEach(() => home.remove());

const dataset = tinyDataset();
const chain = ['conv_3x3', 'none', 'conv_3x3', 'none', 'none', 'conv_1x1'] as const;
const genotype = { stages: [1, 2, 3].map(() => ({ depth: 1, operations: [...chain] })) };
const configOf = (epochs: number, seeds: readonly number[]) =>
  retrainConfig(
    { ...dataset, samples: { train: 37, val: 12, test: 70 } },
    { genotype, channels: 4, cells: 1, searchRun: 1 },
    { epochs, seeds, batch: 8, selection: 'best-validation' },
  );

test('is of the real steps, validation and checkpoint, for all epochs of all seeds, and leaves nothing', async () => {
  const short = await measureOn(dataset, configOf(1, [1]), home.folder);
  const long = await measureOn(dataset, configOf(500, [1, 2, 3]), home.folder);
  expect(short.stepsPerEpoch).toBe(4);
  expect(short.imagesPerSecond).toBeGreaterThan(0);
  // 1,500 times the epochs; the two measurements may differ by a factor that no machine explains.
  expect(long.seconds / short.seconds).toBeGreaterThan(50);
  expect(readdirSync(home.folder)).toEqual([]);
});

test('ends between two steps when it is not wanted any more', async () => {
  const ended = AbortSignal.abort(new Error('not wanted'));
  await expect(measureOn(dataset, configOf(1, [1]), home.folder, ended)).rejects.toThrow('not wanted');
  expect(readdirSync(home.folder)).toEqual([]);
});
