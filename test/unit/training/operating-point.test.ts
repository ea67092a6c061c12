import { describe, expect, it } from 'vitest';
import { decideAt } from '../../../src-main/training/metrics/decide.js';
import { decisionAt } from '../../../src-main/training/metrics/decision.js';
import { chooseOperatingPoint } from '../../../src-main/training/metrics/operating-point.js';
import { rocCorners, thresholdCounts } from '../../../src-main/training/metrics/thresholds.js';
import { createRandom } from '../../../src-main/compute/random.js';
import { scored, twoClasses } from './scored.js';

/** Four with the finding at .9 .6 .4 .2, four without at .7 .4 .3 .1; the two at .4 stand or fall together. */
const validation = twoClasses([
  [0.9, 0],
  [0.6, 0],
  [0.4, 0],
  [0.2, 0],
  [0.7, 1],
  [0.4, 1],
  [0.3, 1],
  [0.1, 1],
]);

it('thresholds lie in the middle between probabilities, from never to always', () => {
  const { positives, negatives, counts } = thresholdCounts(validation, 0);
  expect([positives, negatives]).toEqual([4, 4]);
  const rounded = counts.map(({ threshold, truePositives, falsePositives }) => [
    Number(threshold.toFixed(6)),
    truePositives,
    falsePositives,
  ]);
  expect(rounded).toEqual([
    [0.95, 0, 0],
    [0.8, 1, 0],
    [0.65, 1, 1],
    [0.5, 2, 1],
    [0.35, 3, 2],
    [0.25, 3, 3],
    [0.15, 4, 3],
    [0, 4, 4],
  ]);
});

describe('an operating point', () => {
  it.each([
    ['sensitivity of all', { rule: 'sensitivity', atLeast: 1 }, 0.15],
    ['sensitivity of 3 in 4: the highest threshold that has it', { rule: 'sensitivity', atLeast: 0.75 }, 0.35],
    ['sensitivity that needs nothing', { rule: 'sensitivity', atLeast: 0 }, 0.95],
    ['specificity of all: the most sensitive threshold', { rule: 'specificity', atLeast: 1 }, 0.8],
    ['specificity of 1 in 2', { rule: 'specificity', atLeast: 0.5 }, 0.35],
    // Youden's J: 1/4, 0, 1/4, 1/4, 0, 1/4: the highest threshold of equals
    ['Youden', { rule: 'youden' }, 0.8],
    // 3·TP − FP: 0, 3, 2, 5, 7, 6, 9, 8
    ['costs, a missed one three times a false alarm', { rule: 'costs', missed: 3, falseAlarm: 1 }, 0.15],
    ['costs, a false alarm ten times a missed one', { rule: 'costs', missed: 1, falseAlarm: 10 }, 0.8],
  ] as const)('%s', (_, rule, threshold) => {
    const point = chooseOperatingPoint(validation, 0, 'malignant', rule);
    expect(point).toMatchObject({ finding: 0, label: 'malignant', rule });
    expect(point.threshold).toBeCloseTo(threshold, 12);
  });

  it('cannot be chosen on images that are all alike', () => {
    const all = twoClasses([
      [0.2, 1],
      [0.3, 1],
    ]);
    expect(() => chooseOperatingPoint(all, 0, 'malignant', { rule: 'youden' })).toThrow(
      'An operating point cannot be chosen: no image of "malignant" in the validation set; use a dataset whose validation set has both, or give a threshold yourself.',
    );
  });

  it('decides as its threshold was counted', () => {
    for (const { threshold, truePositives, falsePositives } of thresholdCounts(validation, 0).counts) {
      const point = { finding: 0, label: 'malignant', rule: { rule: 'threshold' }, threshold } as const;
      const decision = decisionAt(validation, point, 'val');
      expect(decision).toMatchObject({ truePositives, falsePositives });
      expect(decision.confusion).toEqual([
        [truePositives, 4 - truePositives],
        [falsePositives, 4 - falsePositives],
      ]);
    }
  });

  it.each([
    ['the finding from the threshold on', 'multi-class', 0.3, [0.6, 0.1, 0.3], [2]],
    ['else the most probable of the others', 'multi-class', 0.31, [0.2, 0.5, 0.3], [1]],
    ['even where the finding is the most probable', 'multi-class', 0.7, [0.3, 0.1, 0.6], [0]],
    ['of labels each for itself', 'multi-label, binary-class', 0.1, [0.6, 0.4, 0.1], [0, 2]],
  ] as const)('says %s', (_, task, threshold, probabilities, said) => {
    expect(decideAt({ finding: 2, threshold }, task, probabilities)).toEqual(said);
  });
});

describe('ROC with thresholds', () => {
  it('has the corners, with exact intervals', () => {
    const corners = rocCorners(validation, 0);
    expect(corners.map(({ falsePositives, truePositives }) => [falsePositives, truePositives])).toEqual([
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 2],
      [2, 3],
      [3, 3],
      [3, 4],
      [4, 4],
    ]);
    expect(corners[1]).toMatchObject({ sensitivity: 0.25, specificity: 1 });
    expect(corners[1]!.specificityInterval[0]).toBeCloseTo(0.025 ** 0.25, 12);
  });

  it('of many images is thinned and keeps both ends', () => {
    const random = createRandom(2, 'roc');
    const many = twoClasses(Array.from({ length: 5000 }, (_, i) => [random.uniform(), i % 2 ? 0 : 1]));
    const corners = rocCorners(many, 0, 100);
    expect(corners.length).toBeGreaterThan(80);
    expect(corners.length).toBeLessThanOrEqual(101);
    expect([corners[0], corners.at(-1)]).toMatchObject([
      { sensitivity: 0, specificity: 1 },
      { sensitivity: 1, specificity: 0 },
    ]);
  });

  it('is of one class against all others', () => {
    const part = scored('multi-class', 3, [0, 1, 2], [0.5, 0.2, 0.3, 0.1, 0.8, 0.1, 0.3, 0.3, 0.4]);
    expect(rocCorners(part, 2).map(({ truePositives, falsePositives }) => [truePositives, falsePositives])).toEqual([
      [0, 0],
      [1, 0],
      [1, 2],
    ]);
  });
});
