import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectDataset } from '../../../src-main/datasets/medmnist.js';
import { evaluateAndKeep } from '../../../src-main/jobs/model-evaluation.js';
import { readModelImages, type ImagesRequest } from '../../../src-main/jobs/model-images.js';
import { mean } from '../../../src-main/statistics/moments.js';
import { foldNetwork } from '../../../src-main/training/folding.js';
import { writeModel, type Model } from '../../../src-main/training/model-file.js';
import { readPredictions, writePredictions } from '../../../src-main/training/predictions-file.js';
import type { ImageQuestion } from '../../../src-main/vocabulary/image-page.js';
import { tinyDataset } from '../training/tiny-dataset.js';
import { tinyModel } from '../training/tiny-model.js';
import { writeNpz } from '../training/tiny-npz.js';

const SIZE = 12;
const folder = mkdtempSync(join(tmpdir(), 'images-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dataset = tinyDataset({ size: SIZE, channels: 3 });
const { test, train } = dataset.parts;
const values = SIZE * SIZE * 3;
// test image 5 is training image 3, under another label
train.images.pixels.set(test.images.pixels.subarray(5 * values, 6 * values), 3 * values);
train.labels.values[3] = (test.labels.values[5]! + 1) % 3;

const path = join(folder, 'tiny.npz');
const file = join(folder, 'model-seed-1.safetensors');
let model: Model;
let request: ImagesRequest;

beforeAll(async () => {
  writeNpz(dataset, path);
  const { name, sha256, bytes } = await inspectDataset(path);
  model = await tinyModel(dataset);
  await writeModel(file, model);
  const reference = { name, sha256, bytes, path };
  await evaluateAndKeep({ model: file, dataset: reference });
  const question: ImageQuestion = { part: 'test', selection: { by: 'wrong', at: null }, from: 0, count: 100 };
  const { labels } = dataset;
  request = { model: file, number: 4, run: 2, labels, finding: null, dataset: reference, question, pictures: true };
});

describe('a page of the images behind a figure', () => {
  it('has the pixels, the truth, the probabilities and the maps of its images', async () => {
    const { images, total } = await readModelImages(request);
    expect(images).toHaveLength(total);
    expect(total).toBeGreaterThan(10);
    const { bias } = foldNetwork(model.plan, model.weights).classifier;
    for (const { index, image, truth, said, probabilities, activation } of images.slice(0, 5)) {
      const png = Buffer.from(image!.slice('data:image/png;base64,'.length), 'base64');
      const { data } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
      expect([...data]).toEqual([...test.images.pixels.subarray(index * values, (index + 1) * values)]);
      expect(truth).toEqual([test.labels.values[index]]);
      expect(said).not.toEqual(truth);
      const logits = activation!.maps.map((map, k) => mean(map) + bias[k]!);
      const sum = logits.reduce((all, z) => all + Math.exp(z), 0);
      logits.forEach((z, k) => expect(Math.exp(z) / sum).toBeCloseTo(probabilities[k]!, 4));
    }
  });

  it('goes on where the page before ended, without pictures if none are wanted', async () => {
    const all = await readModelImages({ ...request, pictures: false });
    const pages = [];
    for (let from = 0; from < all.total; from += 7) {
      const question = { ...request.question, from, count: 7 };
      pages.push(...(await readModelImages({ ...request, question, pictures: false })).images);
    }
    expect(pages).toEqual(all.images);
    expect(pages[0]).toMatchObject({ image: null, activation: null });
  });

  it('says the twins in other sets, and that one has another label', async () => {
    const truth = test.labels.values[5]!;
    const question = { ...request.question, selection: { by: 'outcome', class: truth, at: null } } as const;
    const found = [];
    for (const outcome of ['true-positive', 'false-negative'] as const) {
      const selection = { ...question.selection, outcome };
      found.push(...(await readModelImages({ ...request, question: { ...question, selection } })).images);
    }
    const { twins, twinCount } = found.find(({ index }) => index === 5)!;
    expect(twinCount).toBeGreaterThanOrEqual(1);
    expect(twins[0]).toMatchObject({
      ...{ part: 'train', index: 3, correlation: 1, identical: true, otherLabel: true },
      truth: [train.labels.values[3]],
    });
    expect(twins[0]!.image).toMatch(/^data:image\/png;base64,/);
  });

  it('tells what it does, and ends when it is cancelled', async () => {
    const steps: string[] = [];
    await readModelImages(request, ({ step }) => steps.push(step));
    expect(steps).toEqual(['reading the images', 'searching for twins', 'computing class activation maps']);
    const cancelled = new AbortController();
    const reading = readModelImages(request, () => cancelled.abort(new Error('closed')), cancelled.signal);
    await expect(reading).rejects.toThrow('closed');
  });

  it('needs the file of its dataset, with the contents that the model was trained on', async () => {
    const says = (wrong: string): string =>
      `Model 4 shows images of its dataset file ${path}, which ${wrong}: put it back, connect its drive, or find it ('medforge runs find-dataset 2 FILE').`;
    const moved = join(folder, 'moved.npz');
    renameSync(path, moved);
    try {
      await expect(readModelImages(request)).rejects.toMatchObject({
        kind: 'dataset-missing',
        message: says('is missing'),
      });
      writeFileSync(path, 'something else');
      await expect(readModelImages(request)).rejects.toMatchObject({
        kind: 'dataset-changed',
        message: says('has changed since the model was trained'),
      });
    } finally {
      renameSync(moved, path);
    }
  });

  it('refuses kept predictions that are of other images', async () => {
    const kept = (await readPredictions(file))!;
    try {
      writePredictions(file, {
        ...kept,
        test: { ...kept.test, truth: { ...kept.test.truth, values: kept.test.truth.values.map(() => 0) } },
      });
      await expect(readModelImages(request)).rejects.toMatchObject({
        kind: 'predictions-dataset',
        message:
          "The stored predictions of model 4 do not belong to the images of its dataset: evaluate it again ('medforge evaluate 4').",
      });
    } finally {
      writePredictions(file, kept);
    }
  });
});
