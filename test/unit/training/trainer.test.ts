import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import type { Snapshot } from '../../../src-main/compute/snapshot.js';
import { tf } from '../../../src-main/compute/tensorflow.js';
import type { Dataset } from '../../../src-main/datasets/dataset.js';
import { planNetwork } from '../../../src-main/space/network-plan.js';
import { Trainer, type TrainingReport } from '../../../src-main/training/trainer.js';
import type { Recipe } from '../../../src-main/vocabulary/recipe.js';
import { tinyDataset } from './tiny-dataset.js';
import { TINY_GENOTYPE } from './tiny-model.js';

const recipe: Recipe = {
  epochs: 2,
  batch: 12,
  learningRate: 0.1,
  warmupEpochs: 10,
  weightDecay: 3e-4,
  labelSmoothing: 0.1,
  mixup: 0.4,
  cutmix: 0.4,
  movingAverage: 0.9,
  classWeighting: false,
  selection: 'best-validation',
};

beforeAll(async () => {
  await useBackend('native', { threads: 1 });
});

function planFor(dataset: Dataset): ReturnType<typeof planNetwork> {
  return planNetwork(
    { channels: 4, cells: 3, inputChannels: dataset.channels, classes: dataset.classes },
    TINY_GENOTYPE,
  );
}

/** Trains to the end; stops after the steps in `stops` and goes on from a copy of the snapshot in a new trainer. */
async function train(
  dataset: Dataset,
  settings: Recipe,
  stops: readonly number[] = [],
  seed = 1,
): Promise<{ reports: TrainingReport[]; last: Snapshot }> {
  let trainer = Trainer.create(dataset, planFor(dataset), settings, seed);
  const reports: TrainingReport[] = [];
  for (let step = 0; !trainer.finished; step++) {
    if (stops.includes(step)) {
      const copy = structuredClone(await trainer.snapshot());
      const plain = { values: JSON.parse(JSON.stringify(copy.values)) as Snapshot['values'], arrays: copy.arrays };
      trainer.dispose();
      trainer = Trainer.restore(dataset, planFor(dataset), settings, plain);
    }
    const { report } = await trainer.advance();
    if (report) reports.push(report);
  }
  const last = await trainer.snapshot();
  trainer.dispose();
  return { reports, last };
}

describe('a training', () => {
  it('stopped at any step and restored is bit-identical to one never stopped', async () => {
    const dataset = tinyDataset();
    const whole = await train(dataset, recipe);
    // 3 steps an epoch: in the middle of one, at the end of one and right after, before the last
    for (const stops of [[1], [3, 4], [5]]) {
      const stopped = await train(dataset, recipe, stops);
      expect(stopped.reports).toEqual(whole.reports);
      expect(stopped.last).toEqual(whole.last);
    }
  });

  it('without average and mixing, of the last epoch and with class weights, is too', async () => {
    const dataset = tinyDataset({ task: 'binary-class', classes: 2, channels: 3 });
    const plain: Recipe = {
      ...recipe,
      epochs: 2,
      movingAverage: null,
      mixup: 0,
      cutmix: 0,
      classWeighting: true,
      selection: 'last',
    };
    const whole = await train(dataset, plain);
    expect((await train(dataset, plain, [1, 2])).last).toEqual(whole.last);
    expect(Object.keys(whole.last.arrays).some((name) => name.startsWith('average/') || name.startsWith('best/'))).toBe(
      false,
    );
  });

  it('depends on its seed', async () => {
    const dataset = tinyDataset();
    const settings = { ...recipe, epochs: 1 };
    expect((await train(dataset, settings, [], 2)).last).not.toEqual((await train(dataset, settings)).last);
  });

  it.each([
    ['multi-class', 3, 0.8],
    ['ordinal-regression', 3, 0.8],
    ['binary-class', 2, 0.8],
    ['multi-label, binary-class', 3, 0.65],
  ] as const)('learns a task: %s', async (task, classes, auc) => {
    const dataset = tinyDataset({ task, classes });
    const settings: Recipe = { ...recipe, epochs: 8, labelSmoothing: 0, mixup: 0, cutmix: 0, movingAverage: null };
    const { reports } = await train(dataset, settings);
    expect(reports.at(-1)!.loss).toBeLessThan(0.85 * reports[0]!.loss);
    expect(Math.max(...reports.map((report) => report.validationAuc!))).toBeGreaterThan(auc);
  });

  it('leaves no tensor behind', async () => {
    const dataset = tinyDataset();
    const before = tf.memory().numTensors;
    await train(dataset, { ...recipe, epochs: 1, classWeighting: true });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the network that is kept', () => {
  it('is the one of the epoch with the best validation AUC, whatever comes after', async () => {
    const tiny = tinyDataset();
    const { images, labels } = tiny.parts.val;
    // labels that have nothing to do with the images, so that the AUC goes up and down
    const val = { images, labels: { ...labels, values: labels.values.map((_, i) => ((i * 7) % 5) % 3) } };
    const dataset = { ...tiny, parts: { ...tiny.parts, val } };
    const settings: Recipe = { ...recipe, epochs: 6, learningRate: 0.3, movingAverage: null };
    const trainer = Trainer.create(dataset, planFor(dataset), settings, 3);
    const reports: TrainingReport[] = [];
    const weights: Float32Array[] = [];
    while (!trainer.finished) {
      const { report } = await trainer.advance();
      if (!report) continue;
      reports.push(report);
      weights.push((await trainer.snapshot()).arrays['network/stem.filter'] as Float32Array);
    }
    const best = Math.max(...reports.map(({ validationAuc }) => validationAuc!));
    const tied = reports.filter(({ validationAuc }) => validationAuc === best);
    const expected = tied.reduce((a, b) => (b.validationLoss! < a.validationLoss! ? b : a));
    const selected = await trainer.selected();
    trainer.dispose();
    // otherwise this would not tell the best epoch from the last one
    expect(expected.epoch).toBeLessThan(6);
    expect(selected.epoch).toBe(expected.epoch);
    expect(selected.weights['stem.filter']).toEqual(weights[expected.epoch - 1]);
    expect(selected.rule).toBe('epoch with the best validation AUC of the weights');
  });

  it('is the last moving average where that was fixed beforehand', async () => {
    const dataset = tinyDataset();
    const trainer = Trainer.create(dataset, planFor(dataset), { ...recipe, epochs: 2, selection: 'last' }, 1);
    while (!trainer.finished) await trainer.advance();
    const selected = await trainer.selected();
    const { arrays } = await trainer.snapshot();
    trainer.dispose();
    expect(selected).toMatchObject({ epoch: 2, rule: 'last epoch of the moving average, fixed in advance' });
    expect(selected.weights['stem.filter']).toEqual(arrays['average/stem.filter']);
    expect(selected.weights['stem.filter']).not.toEqual(arrays['network/stem.filter']);
  });
});

it('a loss that is not finite stops the training before it is kept', async () => {
  const dataset = tinyDataset();
  const trainer = Trainer.create(dataset, planFor(dataset), { ...recipe, learningRate: 1e30, warmupEpochs: 0 }, 1);
  const run = async (): Promise<void> => {
    while (!trainer.finished) await trainer.advance();
  };
  await expect(run()).rejects.toMatchObject({
    kind: 'loss-not-finite',
    message: expect.stringMatching(
      /^the (loss|validation score) became \S+ in epoch 1, step \d; the last checkpoint is kept: train with a lower learning rate or another seed$/,
    ) as string,
  });
  trainer.dispose();
});

it('a validation gives a turn every 256 images, and one that is cut short is done again bit for bit', async () => {
  const tiny = tinyDataset();
  const { images, labels } = tiny.parts.train;
  const repeated = (values: Uint8Array): Uint8Array =>
    Uint8Array.from({ length: 20 * values.length }, (_, i) => values[i % values.length]!);
  const val = {
    images: { ...images, count: 20 * images.count, pixels: repeated(images.pixels) },
    labels: { ...labels, count: 20 * labels.count, values: repeated(labels.values) },
  };
  const dataset = { ...tiny, parts: { ...tiny.parts, val } };
  const settings = { ...recipe, epochs: 1 };
  const whole = await train(dataset, settings);
  const trainer = Trainer.create(dataset, planFor(dataset), settings, 1);
  let turns = 0;
  const turn = (): Promise<void> => (++turns === 3 ? Promise.reject(new Error('stopped')) : Promise.resolve());
  await trainer.advance(turn);
  await trainer.advance(turn);
  await expect(trainer.advance(turn)).rejects.toThrow('stopped');
  const stopped = await trainer.snapshot();
  trainer.dispose();
  expect(turns).toBe(3);
  const restored = Trainer.restore(dataset, planFor(dataset), settings, stopped);
  const { report } = await restored.advance(turn);
  expect(turns).toBe(6);
  expect(report).toEqual(whole.reports[0]);
  expect(await restored.snapshot()).toEqual(whole.last);
  restored.dispose();
});
