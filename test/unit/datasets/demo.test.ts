import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEMO_CLASSES, DEMO_SAMPLES, drawDemoDataset, ensureDemoDataset } from '../../../src-main/datasets/demo.js';
import { datasetBalance, loadDataset } from '../../../src-main/datasets/medmnist.js';
import { encodeNpz } from '../../../src-main/datasets/npz-writer.js';
import { temporaryName } from '../../../src-main/durable-file.js';
import { temporaryFolder } from './fixtures.js';

const folder = temporaryFolder();
const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

test('is drawn once, and known as synthetic under any name', async () => {
  const path = await ensureDemoDataset(join(folder, 'new', 'datasets'));
  expect(path).toBe(join(folder, 'new', 'datasets', 'demo.npz'));
  const { mtimeMs } = statSync(path);
  expect(await ensureDemoDataset(join(folder, 'new', 'datasets'))).toBe(path);
  expect(statSync(path).mtimeMs).toBe(mtimeMs);
  const copy = join(folder, 'breastmnist.npz');
  copyFileSync(path, copy);
  const dataset = await loadDataset(copy);
  expect(dataset).toMatchObject({
    name: 'Demo',
    synthetic: true,
    catalogueId: null,
    task: 'multi-class',
    classes: 4,
    size: 28,
    channels: 1,
    labels: DEMO_CLASSES,
  });
  expect(datasetBalance(dataset)).toEqual(
    DEMO_CLASSES.map(() => [DEMO_SAMPLES.train / 4, DEMO_SAMPLES.val / 4, DEMO_SAMPLES.test / 4]),
  );
});

test('the same seed gives the same bytes, on every machine', () => {
  const one = Buffer.concat(encodeNpz(drawDemoDataset(1)));
  expect(sha256(one)).toBe('ddbd6110ee1a7537d31d8c0f8f5c32d0dfc8417e7453ebe43862af0a998bea9c');
  expect(sha256(Buffer.concat(encodeNpz(drawDemoDataset(2))))).not.toBe(sha256(one));
});

test('a damaged file, or one of another seed, is drawn anew; leftovers of a killed drawing do no harm', async () => {
  const path = await ensureDemoDataset(folder, 5);
  const good = readFileSync(path);
  const damaged = Buffer.from(good);
  damaged[1000]! ^= 1;
  writeFileSync(path, damaged);
  const left = join(folder, temporaryName('demo.npz'));
  writeFileSync(left, 'left by a killed drawing');
  await ensureDemoDataset(folder, 5);
  expect(readFileSync(path).equals(good)).toBe(true);
  expect(existsSync(left)).toBe(false);
  await ensureDemoDataset(folder, 6);
  expect(readFileSync(path).equals(good)).toBe(false);
});

test('a bad seed is named', () => {
  expect(() => drawDemoDataset(-1)).toThrow('must be an integer from 0 to 4294967295, saw -1');
});

test('the class is in the form alone: the mean images of the classes are nearly the same', () => {
  const arrays = drawDemoDataset(1);
  const [pixels, labels] = [arrays['train_images']!.data as Uint8Array, arrays['train_labels']!.data as Uint8Array];
  const means = DEMO_CLASSES.map(() => new Float64Array(784));
  for (let i = 0; i < labels.length; i++)
    for (let p = 0; p < 784; p++) means[labels[i]!]![p]! += pixels[i * 784 + p]! / 600;
  for (const mean of means) {
    const difference = Math.sqrt(mean.reduce((sum, value, p) => sum + (value - means[0]![p]!) ** 2, 0) / 784);
    expect(difference).toBeLessThan(6);
  }
});
