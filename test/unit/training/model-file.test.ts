import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tf } from '../../../src-main/compute/tensorflow.js';
import { evaluateModel } from '../../../src-main/training/evaluate.js';
import { readModel, writeModel, type Model } from '../../../src-main/training/model-file.js';
import { decodeSafetensors, encodeSafetensors } from '../../../src-main/training/safetensors.js';
import { PROGRAM_VERSION } from '../../../src-main/version.js';
import { tinyDataset } from './tiny-dataset.js';
import { tinyModel } from './tiny-model.js';

const folder = mkdtempSync(join(tmpdir(), 'model-'));
const path = join(folder, 'm.safetensors');
const dataset = tinyDataset();
let model: Model;

beforeAll(async () => {
  await tf.setBackend('cpu');
  model = await tinyModel(dataset);
  await writeModel(path, model);
});

/** The file with its description changed. */
function changed(change: (description: Record<string, unknown>) => void): string {
  const { tensors, metadata } = decodeSafetensors(readFileSync(path), path);
  const description = JSON.parse(metadata['model']!) as Record<string, unknown>;
  change(description);
  const other = join(folder, 'changed.safetensors');
  writeFileSync(other, encodeSafetensors({ tensors, metadata: { ...metadata, model: JSON.stringify(description) } }));
  return other;
}

describe('a model file', () => {
  it('reads back as it was, and equal models give equal bytes', async () => {
    const read = await readModel(path);
    expect(read.description).toEqual(model.description);
    expect(read.weights).toEqual(model.weights);
    const again = join(folder, 'again.safetensors');
    await writeModel(again, read);
    expect(readFileSync(again)).toEqual(readFileSync(path));
  });

  it.each<[string, (description: Record<string, unknown>) => void, string]>([
    [
      'another network',
      (d) => ((d['genotype'] as { stages: { depth: number }[] }).stages[0]!.depth = 1),
      'stages.0.1.edges.0.filter is not a weight of this network',
    ],
    [
      'more classes',
      (d) => ((d['space'] as Record<string, unknown>)['classes'] = 4),
      'it does not have one label for each class',
    ],
    ['an unknown task', (d) => (d['task'] = 'segmentation'), 'task: Invalid option'],
    ['an extra key', (d) => (d['extra'] = 1), 'its description: Unrecognized key: "extra"'],
    ['another count', (d) => (d['parameters'] = 5), 'its number of parameters differs'],
  ])('is refused: %s', async (_, change, reason) => {
    const file = changed(change);
    await expect(readModel(file)).rejects.toThrow(`${file} is not a MedForge model (${reason}`);
  });

  it.each<[string, () => string, RegExp]>([
    [
      'missing',
      () => join(folder, 'none'),
      /^the model .*none cannot be read \(ENOENT\): train it again, or put the file back$/,
    ],
    ['a folder', () => folder, /^the model .* cannot be read \(EISDIR\)/],
    [
      'of another program',
      () => {
        const other = join(folder, 'other.safetensors');
        writeFileSync(other, encodeSafetensors({ tensors: new Map(), metadata: {} }));
        return other;
      },
      /is not a MedForge model \(its format is not named, not medforge-model-1\): train the model again$/,
    ],
    [
      'not finite',
      () => {
        const { tensors, metadata } = decodeSafetensors(readFileSync(path), path);
        tensors.get('stem.filter')!.values[0] = NaN;
        const other = join(folder, 'nan.safetensors');
        writeFileSync(other, encodeSafetensors({ tensors, metadata }));
        return other;
      },
      /is not a MedForge model \(stem.filter is not finite\)/,
    ],
  ])('is refused: %s', async (_, file, message) => {
    await expect(readModel(file())).rejects.toThrow(message);
  });
});

describe('evaluation', () => {
  it("gives metrics, scores and the evaluator's file of a part", async () => {
    const { metrics, scores, csv, csvName } = await evaluateModel(model, dataset, 'test');
    expect(metrics.images).toBe(70);
    expect(csv.trimEnd().split('\n')).toHaveLength(70);
    expect(csv.split('\n')[3]).toBe([3, ...scores.values.subarray(9, 12)].join(','));
    expect(csvName).toBe(`tiny_8_test_[AUC]${metrics.auc.toFixed(3)}_[ACC]${metrics.accuracy.toFixed(3)}@1.csv`);
    for (let i = 0; i < 70; i++)
      expect([...scores.values.subarray(3 * i, 3 * i + 3)].reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  });

  it.each([
    [
      { size: 12 },
      'the model was trained for 8×8 pixels, but tiny.npz has 12×12: give the dataset that it was trained on',
    ],
    [
      { channels: 3 as const },
      'the model was trained for 1 channels, but tiny.npz has 3: give the dataset that it was trained on',
    ],
    [
      { classes: 2 },
      'the model was trained for 3 classes, but tiny.npz has 2: give the dataset that it was trained on',
    ],
    [
      { task: 'ordinal-regression' as const },
      'the model was trained for the task multi-class, but tiny.npz has ordinal-regression: give',
    ],
  ])('of a dataset that does not fit is refused: %j', async (options, message) => {
    await expect(evaluateModel(model, tinyDataset(options), 'test')).rejects.toThrow(message);
  });
});

it('the version is the one of package.json', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(PROGRAM_VERSION).toBe(version);
});
