import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import type { Snapshot } from '../../../src-main/compute/snapshot.js';
import { tf } from '../../../src-main/compute/tensorflow.js';
import { officialView } from '../../../src-main/datasets/judging-views.js';
import { planNetwork } from '../../../src-main/space/network-plan.js';
import { classify, crossEntropy } from '../../../src-main/training/classify.js';
import { InferenceNetwork } from '../../../src-main/training/inference-network.js';
import { accuracy } from '../../../src-main/training/metrics/accuracy.js';
import { auc } from '../../../src-main/training/metrics/auc.js';
import { recipeFor } from '../../../src-main/training/recipe-defaults.js';
import { Trainer } from '../../../src-main/training/trainer.js';
import {
  TrainingSeries,
  type NextTraining,
  type SeriesProblem,
  type TrainingResult,
} from '../../../src-main/training/training-series.js';
import { mean } from '../../../src-main/statistics/moments.js';
import { tinyDataset } from './tiny-dataset.js';
import { TINY_GENOTYPE } from './tiny-model.js';

const space = { channels: 4, cells: 3, inputChannels: 1, classes: 3 };
const recipe = { ...recipeFor(37, 2), batch: 12 };
const dataset = tinyDataset();

beforeAll(async () => {
  await useBackend('native', { threads: 1 });
});

/** Two trainings; the second one's seed depends on what the first one said. */
const next: NextTraining = (results) => {
  if (results.length === 2) return null;
  const seed = results[0] ? Math.round(1000 * mean(results[0][0]!.losses)) : 1;
  return { genotype: TINY_GENOTYPE, recipe, seed, view: 0 };
};
const problem: SeriesProblem = { space, views: [officialView(dataset)], next };

const plain = (snapshot: Snapshot): Snapshot => ({
  values: JSON.parse(JSON.stringify(snapshot.values)) as Snapshot['values'],
  arrays: structuredClone(snapshot.arrays),
});

/** Runs to the end; before each step in `stops` a new series is made from a copy of the snapshot. */
async function run(stops: (step: number) => boolean): Promise<{ results: readonly TrainingResult[]; steps: number }> {
  let series = TrainingSeries.create(problem);
  let steps = 0;
  for (; !series.finished; steps++) {
    if (stops(steps)) {
      const snapshot = plain(await series.snapshot());
      series.dispose();
      series = TrainingSeries.restore(problem, snapshot);
    }
    await series.advance();
  }
  expect(await series.advance()).toEqual({ loss: null, endsEpoch: false, result: null });
  const again = TrainingSeries.restore(problem, plain(await series.snapshot()));
  expect([again.finished, again.results]).toEqual([true, series.results]);
  return { results: series.results, steps };
}

describe('a series of trainings', () => {
  it('stopped after any training step and restored is bit-identical to one never stopped', async () => {
    const before = tf.memory().numTensors;
    const whole = await run(() => false);
    // 2 trainings of 2 epochs of 3 steps, 2 slices of judging each
    expect(whole.steps).toBe(16);
    const judging = [6, 7, 14, 15];
    for (const stops of [(step: number) => !judging.includes(step), (step: number) => step === 6 || step === 14]) {
      expect((await run(stops)).results).toEqual(whole.results);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('says of each training what the training by itself says', async () => {
    const { results } = await run(() => false);
    const plan = planNetwork(space, TINY_GENOTYPE);
    const trainer = Trainer.create(dataset, plan, recipe, 1);
    while (!trainer.finished) await trainer.advance();
    const network = new InferenceNetwork(plan, (await trainer.selected()).weights);
    for (const [set, part] of [dataset.parts.val, dataset.parts.test].entries()) {
      const scores = await classify(network, part.images, dataset.task);
      const scored = { task: dataset.task, scores, truth: part.labels };
      const judged = results[0]![set]!;
      expect(judged.right).toHaveLength(part.images.count);
      expect(mean(judged.right)).toBeCloseTo(accuracy(scored), 6);
      expect(mean(judged.losses)).toBeCloseTo(crossEntropy(scores, part.labels.values, false), 5);
      expect(judged.auc).toBe(auc(scored));
    }
    network.dispose();
    trainer.dispose();
  });

  it('goes on when a training diverges, which counts as all wrong', async () => {
    const wild = { ...recipe, learningRate: 1e30, warmupEpochs: 0 };
    const diverging = TrainingSeries.create({
      ...problem,
      next: (results) =>
        results.length < 2
          ? { genotype: TINY_GENOTYPE, recipe: results.length === 0 ? wild : recipe, seed: 1, view: 0 }
          : null,
    });
    while (!diverging.finished) await diverging.advance();
    const [first, second] = diverging.results;
    expect(mean(first![0]!.right)).toBe(0);
    expect(first![0]!.losses[0]).toBeCloseTo(27.63, 2);
    expect(mean(second![0]!.losses)).toBeLessThan(27);
  });
});
