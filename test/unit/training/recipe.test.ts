import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { tf } from '../../../src-main/compute/tensorflow.js';
import { softTargets, taskLoss } from '../../../src-main/learning/task-head.js';
import { drawSymmetricBeta, mixBatch, type SoftBatch } from '../../../src-main/learning/mixing.js';
import { learningRateAt, movingAverageDecay } from '../../../src-main/training/schedule.js';
import { classWeights } from '../../../src-main/training/class-weights.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('learning rate', () => {
  const schedule = { learningRate: 0.1, warmupEpochs: 10, epochs: 110 };
  it.each([
    [0, 0],
    [5, 0.05],
    [10, 0.1],
    [60, 0.05],
    [110, 0],
  ])('after %d epochs is %d', (progress, rate) => {
    expect(learningRateAt(schedule, progress)).toBeCloseTo(rate, 12);
  });

  it('warms up as long as it was told', () => {
    const long = { ...schedule, warmupEpochs: 50, epochs: 100 };
    expect(learningRateAt(long, 20)).toBeCloseTo(0.04, 12);
    expect(learningRateAt(long, 50)).toBeCloseTo(0.1, 12);
    expect(learningRateAt(long, 75)).toBeCloseTo(0.05, 12);
  });

  it('needs no warm-up', () => {
    expect(learningRateAt({ ...schedule, warmupEpochs: 0 }, 0)).toBe(0.1);
  });
});

it('a moving average begins short', () => {
  expect(movingAverageDecay(0.999, 0)).toBe(0.1);
  expect(movingAverageDecay(0.999, 90)).toBe(0.91);
  expect(movingAverageDecay(0.999, 1e6)).toBe(0.999);
});

describe('targets', () => {
  it.each([
    ['multi-class', [2, 0], 0, [0, 0, 1, 1, 0, 0]],
    ['multi-class', [2, 0], 0.3, [0.1, 0.1, 0.8, 0.8, 0.1, 0.1]],
    ['multi-label, binary-class', [1, 0, 1], 0.1, [0.95, 0.05, 0.95]],
  ] as const)('of %s %j with smoothing %d', (task, labels, smoothing, expected) => {
    const targets = softTargets(task, Uint8Array.from(labels), 3, smoothing);
    expected.forEach((value, i) => expect(targets[i]).toBeCloseTo(value, 6));
  });

  it('weigh classes by their rarity', () => {
    const values = Uint8Array.of(0, 0, 0, 1);
    expect([...classWeights('binary-class', { count: 4, values }, 2)]).toEqual([4 / 6, 2].map(Math.fround));
    const rare = {
      count: 50,
      labelsPerImage: 2,
      values: Uint8Array.from({ length: 100 }, (_, i) => Number(i < 2 || i % 4 === 0)),
    };
    expect([...classWeights('multi-label, binary-class', rare, 2)]).toEqual([1, 20]);
  });
});

describe('loss', () => {
  const logits = (): tf.Tensor2D =>
    tf.tensor2d([
      [1, -2, 0.5],
      [0, 3, -1],
    ]);
  const values = [
    [1, -2, 0.5],
    [0, 3, -1],
  ];
  const sum = (terms: number[]): number => terms.reduce((a, b) => a + b, 0);

  it('with class weights counts each row as often as its class weighs', () => {
    const targets = tf.tensor2d([
      [0, 1, 0],
      [0.5, 0, 0.5],
    ]);
    const softmax = (row: number[], k: number): number => row[k]! - Math.log(sum(row.map(Math.exp)));
    const expected = (3 * -softmax(values[0]!, 1) + 1.5 * (-softmax(values[1]!, 0) - softmax(values[1]!, 2)) * 0.5) / 2;
    const loss = taskLoss('multi-class', logits(), targets, tf.tensor1d([1, 3, 2]));
    expect(loss.dataSync()[0]).toBeCloseTo(expected, 5);
    expect(taskLoss('multi-class', logits(), targets, tf.tensor1d([1, 1, 1])).dataSync()[0]).toBeCloseTo(
      taskLoss('multi-class', logits(), targets, null).dataSync()[0]!,
      5,
    );
  });

  it('with label weights counts positives as often as the label weighs', () => {
    const targets = [
      [1, 0, 0],
      [0.3, 1, 0],
    ];
    const weights = [2, 5, 1];
    const expected =
      sum(
        values.flatMap((row, i) =>
          row.map((z, k) => {
            const t = targets[i]![k]!;
            return weights[k]! * t * Math.log1p(Math.exp(-z)) + (1 - t) * Math.log1p(Math.exp(z));
          }),
        ),
      ) / 6;
    const task = 'multi-label, binary-class';
    expect(taskLoss(task, logits(), tf.tensor2d(targets), tf.tensor1d(weights)).dataSync()[0]).toBeCloseTo(expected, 5);
    expect(taskLoss(task, logits(), tf.tensor2d(targets), tf.tensor1d([1, 1, 1])).dataSync()[0]).toBeCloseTo(
      taskLoss(task, logits(), tf.tensor2d(targets), null).dataSync()[0]!,
      5,
    );
  });
});

describe('mixing', () => {
  // quantiles by SciPy 1.17
  it.each([
    [0.05, 9.711823603e-15, 8.832845052e-7, 0.01057605815],
    [0.1, 8.869280012e-8, 0.0008452555328, 0.08639856067],
    [1, 0.1, 0.25, 0.4],
    [12, 0.3701161986, 0.4307759589, 0.4738900847],
    [100, 0.4547268852, 0.4761369703, 0.4910323454],
    [1000, 0.485672969, 0.4924584616, 0.4971671619],
  ])('draws from Beta(%d, %d)', (a, ...quantiles) => {
    const random = createRandom(5, 'beta');
    const count = 40_000;
    const draws = Array.from({ length: count }, () => drawSymmetricBeta(a, random));
    const mean = draws.reduce((x, y) => x + y, 0) / count;
    const square = draws.reduce((x, y) => x + (y - 0.5) ** 2, 0) / count;
    const variance = 1 / (4 * (2 * a + 1));
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(variance / count));
    expect(Math.abs(square / variance - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    for (const [i, share] of [0.1, 0.25, 0.4].entries()) {
      const off = 4 * Math.sqrt((share * (1 - share)) / count);
      expect(Math.abs(draws.filter((x) => x < quantiles[i]!).length / count - share)).toBeLessThan(off);
      expect(Math.abs(draws.filter((x) => x > 1 - quantiles[i]!).length / count - share)).toBeLessThan(off);
    }
  });

  it.each([0, -1, NaN, Infinity])('refuses Beta(%d)', (a) => {
    expect(() => drawSymmetricBeta(a, createRandom(5, 'beta'))).toThrow(`saw ${String(a)}`);
  });

  const batch = (): SoftBatch => ({
    count: 3,
    size: 8,
    channels: 1,
    // image i is all i
    pixels: Float32Array.from({ length: 192 }, (_, i) => Math.floor(i / 64)),
    outputs: 2,
    targets: Float32Array.of(1, 0, 0.5, 0.5, 0, 1),
  });

  it('off changes nothing', () => {
    const plain = batch();
    mixBatch(plain, { mixup: 0, cutmix: 0 }, createRandom(1, 'm'));
    expect(plain).toEqual(batch());
  });

  it('by mixup blends images as it blends targets, and leaves the middle one alone', () => {
    const mixed = batch();
    mixBatch(mixed, { mixup: 1, cutmix: 0 }, createRandom(1, 'm'));
    const kept = mixed.targets[0]!;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(1);
    for (let p = 0; p < 64; p++) expect(mixed.pixels[p]).toBeCloseTo(2 * (1 - kept), 5);
    for (let p = 128; p < 192; p++) expect(mixed.pixels[p]).toBeCloseTo(2 * kept, 5);
    expect([...mixed.pixels.subarray(64, 128)]).toEqual(new Array(64).fill(1));
    expect([...mixed.targets.subarray(2, 4)]).toEqual([0.5, 0.5]);
  });

  it('by CutMix swaps a rectangle whose area is the weight of the targets', () => {
    const random = createRandom(3, 'm');
    for (let n = 0; n < 50; n++) {
      const mixed = batch();
      mixBatch(mixed, { mixup: 0, cutmix: 1 }, random);
      const swapped = mixed.pixels.subarray(0, 64).filter((v) => v === 2).length;
      expect(mixed.pixels.subarray(0, 64).filter((v) => v === 0).length).toBe(64 - swapped);
      expect(mixed.pixels.subarray(128).filter((v) => v === 0).length).toBe(swapped);
      expect(mixed.targets[0]).toBeCloseTo(1 - swapped / 64, 6);
      expect(mixed.targets[4]).toBeCloseTo(swapped / 64, 6);
    }
  });
});
