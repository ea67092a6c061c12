import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src-main/datasets/dataset.js';
import { accuracy } from '../../../src-main/training/metrics/accuracy.js';
import { auc, rank, rankings } from '../../../src-main/training/metrics/auc.js';
import { bootstrap } from '../../../src-main/training/metrics/bootstrap.js';
import { quantile } from '../../../src-main/training/metrics/interval.js';
import { evaluatorCsv, evaluatorFileName } from '../../../src-main/training/metrics/evaluator-csv.js';
import { partMetrics } from '../../../src-main/training/metrics/part-metrics.js';
import { confusionMatrix, perClass } from '../../../src-main/training/metrics/per-class.js';
import { rocCurve, thin } from '../../../src-main/training/metrics/roc.js';
import type { ScoredPart } from '../../../src-main/training/metrics/scores.js';
import { createRandom } from '../../../src-main/compute/random.js';

interface Expected {
  task: Task;
  images: number;
  outputs: number;
  truth: number[];
  scores: number[];
  auc: number;
  accuracy: number;
  perClass: { sensitivity: number; specificity: number; precision: number; f1: number }[];
  confusion: number[][] | null;
  roc: [number, number][][];
}

const { cases } = JSON.parse(readFileSync(new URL('expected-metrics.json', import.meta.url), 'utf8')) as {
  cases: Expected[];
};

function scored(task: Task, outputs: number, truth: readonly number[], scores: readonly number[]): ScoredPart {
  const count = scores.length / outputs;
  return {
    task,
    scores: { count, outputs, values: Float32Array.from(scores) },
    truth: { count, labelsPerImage: truth.length / count, values: Uint8Array.from(truth) },
  };
}

/** Height of the polyline at x; the highest one where the curve is vertical. */
function height(curve: readonly (readonly [number, number])[], x: number): number {
  let best = 0;
  for (let i = 1; i < curve.length; i++) {
    const [x0, y0] = curve[i - 1]!;
    const [x1, y1] = curve[i]!;
    if (x1 === x) best = Math.max(best, y1);
    else if (x0 < x && x < x1) best = y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
  }
  return best;
}

describe('metrics equal those of scikit-learn', () => {
  it.each(cases.map((expected) => [expected.task, expected] as const))('%s', async (task, expected) => {
    const part = scored(task, expected.outputs, expected.truth, expected.scores);
    expect(auc(part)).toBeCloseTo(expected.auc, 12);
    expect(accuracy(part)).toBeCloseTo(expected.accuracy, 12);
    expect(confusionMatrix(part)).toEqual(expected.confusion);
    perClass(part).forEach((metrics, k) => {
      for (const name of ['sensitivity', 'specificity', 'precision', 'f1'] as const) {
        expect(metrics[name], `${name} of ${String(k)}`).toBeCloseTo(expected.perClass[k]![name], 12);
      }
    });
    const { roc } = await partMetrics('test', part, []);
    roc.forEach(({ points }, k) => {
      expect(points.length).toBeLessThanOrEqual(expected.roc[k]!.length);
      for (const [x] of expected.roc[k]!) expect(height(points, x)).toBeCloseTo(height(expected.roc[k]!, x), 12);
    });
  });
});

describe('metrics by hand', () => {
  it.each<[string, Task, number, number[], number[], number, number]>([
    // positives .8 .5 against negatives .5 .3: pairs 1, 1, ½, 1 → 3.5 / 4; .5 is not above .5
    [
      'a tie between the classes',
      'binary-class',
      2,
      [1, 1, 0, 0],
      [0.2, 0.8, 0.5, 0.5, 0.5, 0.5, 0.7, 0.3],
      0.875,
      0.75,
    ],
    ['every score equal', 'binary-class', 2, [1, 0, 1, 0], [0.4, 0.6, 0.4, 0.6, 0.4, 0.6, 0.4, 0.6], 0.5, 0.5],
    ['all wrong', 'binary-class', 2, [1, 0], [0.9, 0.1, 0.1, 0.9], 0, 0],
    // one against rest: class 0 1, class 1 ½ (.3 against .3 and .1 → ¾), class 2 1; ties of argmax go to the first
    [
      'three classes',
      'multi-class',
      3,
      [0, 1, 2],
      [0.4, 0.3, 0.3, 0.35, 0.3, 0.35, 0.1, 0.1, 0.8],
      (1 + 0.75 + 1) / 3,
      2 / 3,
    ],
    ['two labels', 'multi-label, binary-class', 2, [1, 0, 0, 1, 1, 1], [0.9, 0.2, 0.4, 0.6, 0.3, 0.6], 0.75, 5 / 6],
  ])('%s', (_, task, outputs, truth, scores, expectedAuc, expectedAccuracy) => {
    const part = scored(task, outputs, truth, scores);
    expect(auc(part)).toBeCloseTo(expectedAuc, 12);
    expect(accuracy(part)).toBeCloseTo(expectedAccuracy, 12);
  });

  it('has no AUC for a part that lacks a class', () => {
    expect(auc(scored('binary-class', 2, [1, 1], [0.4, 0.6, 0.7, 0.3]))).toBeNaN();
    expect(auc(scored('multi-class', 3, [0, 1], [0.5, 0.3, 0.2, 0.2, 0.5, 0.3]))).toBeNaN();
  });

  it.each<[string, ScoredPart, string]>([
    [
      'NaN',
      scored('binary-class', 2, [0, 1], [0.5, 0.5, NaN, 0.5]),
      'the score of image 1 is NaN: the model is damaged or its training diverged; train it again with a lower learning rate',
    ],
    [
      'count',
      {
        ...scored('binary-class', 2, [0, 1], [0.5, 0.5, 0.1, 0.9]),
        truth: { count: 3, labelsPerImage: 1, values: new Uint8Array(3) },
      },
      '4 scores do not fit 3 images with 2 outputs each: score the same set that the labels belong to',
    ],
    [
      'labels',
      {
        ...scored('multi-label, binary-class', 2, [0, 1], [0.5, 0.5]),
        truth: { count: 1, labelsPerImage: 3, values: new Uint8Array(3) },
      },
      '2 scores per image do not fit 3 labels per image: score the same dataset that the labels belong to',
    ],
  ])('refuses bad scores: %s', async (_, part, message) => {
    await expect(partMetrics('test', part, [])).rejects.toThrow(message);
  });
});

describe('ROC curves', () => {
  it('keep corners only, and thinned stay inside the limit with both ends', () => {
    const random = createRandom(1, 'roc');
    const values = Array.from({ length: 4000 }, () => random.uniform());
    const ranking = rank(
      4000,
      (i) => values[i]!,
      (i) => values[i]! + random.uniform() > 1,
    );
    const curve = rocCurve(ranking);
    const thinned = thin(curve, 100);
    expect(curve.length).toBeGreaterThan(1000);
    expect(thinned.length).toBeGreaterThan(90);
    expect(thinned.length).toBeLessThanOrEqual(100);
    expect([thinned[0], thinned.at(-1)]).toEqual([
      [0, 0],
      [1, 1],
    ]);
    for (const [x, y] of curve) expect(Math.abs(height(thinned, x) - y)).toBeLessThan(0.04);
  });

  it('of a perfect classifier is one corner', () => {
    const part = scored('binary-class', 2, [0, 0, 1, 1], [0.9, 0.1, 0.8, 0.2, 0.3, 0.7, 0.2, 0.8]);
    expect(rocCurve(rankings(part)[0]!)).toEqual([
      [0, 0],
      [0, 1],
      [1, 1],
    ]);
  });
});

describe('bootstrap', () => {
  const random = createRandom(7, 'data');
  const truth = Array.from({ length: 200 }, (_, i) => i % 2);
  const scores = truth.flatMap((y) => {
    const p = Math.min(1, Math.max(0, 0.5 + (y ? 0.15 : -0.15) + 0.25 * random.normal()));
    return [1 - p, p];
  });
  const part = scored('binary-class', 2, truth, scores);

  it('gives the same interval for the same seed and another for another', async () => {
    const once = await bootstrap(part, createRandom(1, 'b'));
    expect(await bootstrap(part, createRandom(1, 'b'))).toEqual(once);
    expect(await bootstrap(part, createRandom(2, 'b'))).not.toEqual(once);
  });

  it('comes near the normal interval of a proportion', async () => {
    const p = accuracy(part);
    const half = 1.96 * Math.sqrt((p * (1 - p)) / 200);
    const [lower, upper] = (await bootstrap(part, createRandom(1, 'b'), 2000)).accuracy;
    expect(lower).toBeGreaterThan(p - half - 0.015);
    expect(lower).toBeLessThan(p - half + 0.015);
    expect(upper).toBeGreaterThan(p + half - 0.015);
    expect(upper).toBeLessThan(p + half + 0.015);
  });

  it.each([
    { name: 'all right', scores: [1, 0, 0, 1], interval: [0.025 ** (1 / 32), 1] },
    { name: 'all wrong', scores: [0, 1, 1, 0], interval: [0, 1 - 0.025 ** (1 / 32)] },
  ])('does not claim certainty of an accuracy: $name', async ({ scores, interval }) => {
    const truth = Array.from({ length: 32 }, (_, i) => i % 2);
    const values = Array.from({ length: 16 }, () => scores).flat();
    const found = await bootstrap(scored('binary-class', 2, truth, values), createRandom(1, 'b'));
    expect(found.accuracy).toEqual(interval);
    expect(found.auc).toBeNull();
  });

  it('of many images gives turns, and ends where a turn ends it', async () => {
    let turns = 0;
    const turn = (): Promise<void> => (++turns === 4 ? Promise.reject(new Error('stopped')) : Promise.resolve());
    const many = scored(
      'binary-class',
      2,
      Array.from({ length: 50_000 }, (_, i) => i % 2),
      Array.from({ length: 100_000 }, (_, i) => (i % 97) / 97),
    );
    await expect(bootstrap(many, createRandom(1, 'b'), 1000, turn)).rejects.toThrow('stopped');
    expect(turns).toBe(4);
  });

  it('interpolates quantiles', () => {
    expect(quantile(Float64Array.of(0, 1, 2, 3), 0.5)).toBe(1.5);
    expect(quantile(Float64Array.of(4), 0.025)).toBe(4);
    expect(quantile(Float64Array.of(), 0.5)).toBeNaN();
  });
});

describe("the evaluator's result file", () => {
  it('has one line an image and no header', () => {
    const scores = { count: 2, outputs: 2, values: Float64Array.of(0.25, 0.75, 1, 0) };
    expect(evaluatorCsv(scores)).toBe('0,0.25,0.75\n1,1,0\n');
  });

  it.each([
    [28, 0.90123, 0.8631, 'breastmnist_test_[AUC]0.901_[ACC]0.863@1.csv'],
    [64, 0.90123, 0.8631, 'breastmnist_64_test_[AUC]0.901_[ACC]0.863@1.csv'],
    // Python: f'{0.8125:.3f}' is 0.812 and f'{0.6875:.3f}' is 0.688
    [28, 0.8125, 0.6875, 'breastmnist_test_[AUC]0.812_[ACC]0.688@1.csv'],
    [28, 1, 0.5, 'breastmnist_test_[AUC]1.000_[ACC]0.500@1.csv'],
  ])('is named for size %i and figures %d, %d as the evaluator names it', (size, auc_, accuracy_, name) => {
    expect(evaluatorFileName('breastmnist', size, 'test', { auc: auc_, accuracy: accuracy_ }, '1')).toBe(name);
  });
});
