import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { argmax } from '../../../src-main/argmax.js';
import { useBackend } from '../../../src-main/compute/index.js';
import { createRandom, type Random } from '../../../src-main/compute/random.js';
import { tf } from '../../../src-main/compute/tensorflow.js';
import type { Dataset } from '../../../src-main/datasets/dataset.js';
import { ensureDemoDataset } from '../../../src-main/datasets/demo.js';
import { loadDataset } from '../../../src-main/datasets/medmnist.js';
import { planNetwork } from '../../../src-main/space/network-plan.js';
import { mean } from '../../../src-main/statistics/moments.js';
import { activationMaps } from '../../../src-main/training/activation-maps.js';
import { InferenceNetwork } from '../../../src-main/training/inference-network.js';
import { Trainer } from '../../../src-main/training/trainer.js';
import type { GenotypeStage } from '../../../src-main/vocabulary/space.js';

/** Height and width of a demo image, and of its class activation map. */
const SIZE = 28;
const PLACES = 7;
/** What is covered around a place: the place itself, 4 × 4 pixels, and 2 pixels about it. */
const REACH = 2;
/** Test images that are covered, place by place. */
const IMAGES = 80;

const stage: GenotypeStage = {
  depth: 1,
  operations: ['conv_3x3', 'none', 'none', 'skip_connect', 'none', 'conv_3x3'],
};

describe('class activation maps of a network that was trained on the demo shapes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'occlusion-'));
  let dataset: Dataset;
  let network: InferenceNetwork;

  beforeAll(async () => {
    await useBackend('native', { threads: 0 });
    dataset = await loadDataset(await ensureDemoDataset(folder));
    const plan = planNetwork(
      { channels: 8, cells: 1, inputChannels: 1, classes: 4 },
      { stages: [stage, stage, stage] },
    );
    const recipe = {
      ...{ epochs: 4, batch: 32, learningRate: 0.1, warmupEpochs: 0, weightDecay: 3e-4, labelSmoothing: 0 },
      ...{ mixup: 0, cutmix: 0, movingAverage: null, classWeighting: false, selection: 'last' as const },
    };
    const trainer = Trainer.create(dataset, plan, recipe, 1, { validate: false });
    while (!trainer.finished) await trainer.advance();
    network = new InferenceNetwork(plan, (await trainer.selected()).weights);
    trainer.dispose();
  });
  afterAll(() => {
    network.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('say where an image, covered there, loses the most evidence; shuffled maps do not', async () => {
    const { images, labels } = dataset.parts.test;
    const random = createRandom(1, 'occlusion');
    const agreement: number[] = [];
    const shuffled: number[] = [];
    for (let i = 0; agreement.length < IMAGES; i++) {
      const planes = Float32Array.from(
        images.pixels.subarray(i * SIZE ** 2, (i + 1) * SIZE ** 2),
        (value) => value / 255,
      );
      const covered = Array.from({ length: PLACES ** 2 }, (_, place) => cover(planes, place));
      const logits = logitsOf([planes, ...covered]);
      const truth = labels.values[i]!;
      if (argmax(logits, 0, 4) !== truth) continue;
      const drops = covered.map((_, place) => logits[truth]! - logits[4 * (place + 1) + truth]!);
      const { maps } = await activationMaps(network, planes, { size: SIZE, channels: 1 });
      agreement.push(correlation(maps[truth]!, drops));
      shuffled.push(correlation(inRandomOrder(maps[truth]!, random), drops));
    }
    const errors = shuffled.map((value) => value - mean(shuffled)).map((value) => value ** 2);
    const uncertainty = Math.sqrt(mean(errors) / IMAGES);
    expect(mean(agreement)).toBeGreaterThan(0.4);
    expect(Math.abs(mean(shuffled))).toBeLessThan(4 * uncertainty);
    expect(uncertainty).toBeLessThan(0.03);
  });

  function logitsOf(list: readonly Float32Array[]): Float32Array {
    const pixels = new Float32Array(list.length * SIZE ** 2);
    list.forEach((planes, n) => planes.forEach((value, p) => (pixels[n * SIZE ** 2 + p] = 2 * value - 1)));
    return tf.tidy(() => network.forward(tf.tensor4d(pixels, [list.length, SIZE, SIZE, 1])).dataSync<'float32'>());
  }
});

/** The image with the surroundings of a place of its map in the mean grey of the image. */
function cover(planes: Float32Array, place: number): Float32Array {
  const grey = mean(planes);
  const step = SIZE / PLACES;
  const [top, left] = [Math.floor(place / PLACES) * step, (place % PLACES) * step];
  const inside = (at: number, from: number): boolean => at >= from - REACH && at < from + step + REACH;
  return planes.map((value, p) => (inside(Math.floor(p / SIZE), top) && inside(p % SIZE, left) ? grey : value));
}

function inRandomOrder(values: readonly number[], random: Random): number[] {
  const order = random.shuffle(Uint8Array.from({ length: values.length }, (_, i) => i));
  return Array.from(order, (i) => values[i]!);
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = (x: readonly number[], meanX: number, y: readonly number[], meanY: number): number =>
    x.reduce((sum, value, i) => sum + (value - meanX) * (y[i]! - meanY), 0);
  return product(a, meanA, b, meanB) / Math.sqrt(product(a, meanA, a, meanA) * product(b, meanB, b, meanB));
}
