import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { diagnose } from '../../../src-main/training/metrics/diagnostics.js';
import { partMetrics } from '../../../src-main/training/metrics/part-metrics.js';
import type { ScoredPart } from '../../../src-main/training/metrics/scores.js';
import type { Diagnostics } from '../../../src-main/vocabulary/diagnostics.js';
import { diagnosticsSchema } from '../../../src-main/vocabulary/diagnostics.js';
import { scored, twoClasses } from './scored.js';

const LABELS = ['malignant', 'benign'];
/** 20 malignant images, 40 benign ones; 4 and 38 are told rightly. Probabilities tie nowhere. */
const cautious = twoClasses(
  Array.from({ length: 60 }, (_, i): [number, 0 | 1] => {
    const malignant = i < 20;
    const saidMalignant = malignant ? i < 4 : i >= 58;
    return [saidMalignant ? 0.6 + i / 1000 : 0.2 + i / 1000, malignant ? 0 : 1];
  }),
);

function of(
  test: ScoredPart,
  finding: number | null = 0,
  labels: readonly string[] = LABELS,
  change: Partial<Parameters<typeof diagnose>[1]> = {},
): Promise<Diagnostics> {
  const ofClass = labels.map((_, k) => (k === labels.length - 1 ? 60 : 20));
  const training = { images: 20 * (labels.length - 1) + 60, ofClass };
  return diagnose({ validation: test, test, training }, { labels, finding, operatingPoint: null, ...change });
}

describe('the headline by hand', () => {
  it('of a model that misses most of what it is to find', async () => {
    const { test, finding } = await of(cautious);
    expect(finding).toEqual({ class: 0, label: 'malignant' });
    expect(test.finding).toMatchObject({ positives: 20, negatives: 40 });
    expect(test.finding?.usual).toMatchObject({
      truePositives: 4,
      falseNegatives: 16,
      trueNegatives: 38,
      falsePositives: 2,
      sensitivity: { value: 0.2, missing: null },
      specificity: { value: 0.95 },
      positivePredictiveValue: { value: 4 / 6 },
      negativePredictiveValue: { value: 38 / 54 },
      confusion: [
        [4, 16],
        [2, 38],
      ],
    });
    // binom.test(4, 20) of R
    expect(test.finding?.usual.sensitivity.interval?.map((end) => end.toFixed(4))).toEqual(['0.0573', '0.4366']);
    expect(test.balancedAccuracy.value).toBeCloseTo((0.2 + 0.95) / 2, 12);
    expect(test.accuracy.value).toBeCloseTo(42 / 60, 12);
    expect(test.majority).toEqual({
      label: 'benign',
      accuracy: 40 / 60,
      balancedAccuracy: 0.5,
      sensitivity: 0,
      specificity: 1,
    });
  });

  it('turns with the finding', async () => {
    const [first, last] = [await of(cautious, 0), await of(cautious, 1)];
    expect(last.test.finding?.usual.sensitivity.value).toBe(first.test.finding?.usual.specificity.value);
    expect(last.test.finding?.auc.value).toBeCloseTo(first.test.finding!.auc.value!, 12);
    expect(last.test.balancedAccuracy).toEqual(first.test.balancedAccuracy);
  });

  it('has the intervals of accuracy and AUC that the metrics of the evaluator have', async () => {
    const [{ test }, metrics] = [await of(cautious), await partMetrics('test', cautious, LABELS)];
    expect(test.accuracy.interval).toEqual(metrics.accuracyInterval);
    expect(test.auc.interval).toEqual(metrics.aucInterval);
    expect(test.finding?.auc.interval).not.toBeNull();
  });

  it('without a finding has no sensitivity, and says whose probability is calibrated', async () => {
    const found = await of(cautious, null);
    expect([found.finding, found.test.finding, found.calibrationOf]).toEqual([null, null, 'most probable class']);
    expect(found.test.balancedAccuracy.value).toBeCloseTo(0.575, 12);
  });

  it('of labels: the mean over those with and those without each', async () => {
    // label a: 1 of 2 with, 2 of 2 without; label b: 1 of 1 with, 2 of 3 without
    const part = scored(
      'multi-label, binary-class',
      2,
      [1, 0, 1, 0, 0, 1, 0, 0],
      [0.9, 0.6, 0.4, 0.1, 0.2, 0.8, 0.3, 0.2],
    );
    const { test, calibrationOf } = await of(part, null, ['a', 'b']);
    expect(test.balancedAccuracy.value).toBeCloseTo((1 / 2 + 1 + 1 + 2 / 3) / 4, 12);
    expect(test.majority.label).toBeNull();
    expect(calibrationOf).toBe('all labels');
    expect((await of(part, 1, ['a', 'b'])).test.finding?.usual).toMatchObject({ truePositives: 1, falsePositives: 1 });
  });
});

describe('what cannot be measured is said', () => {
  it.each([
    [
      'a class is absent',
      scored('multi-class', 3, [0, 1, 1], [0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.8, 0.1]),
      ['0', '1', '2'],
      2,
      'no image of class 2 in the test set',
    ],
    [
      'a finding is absent',
      twoClasses([
        [0.1, 1],
        [0.3, 1],
      ]),
      LABELS,
      0,
      'no image of "malignant" in the test set',
    ],
  ] as const)('%s', async (_, part, labels, finding, why) => {
    const { test } = await of(part, finding, labels);
    const missing = { value: null, interval: null, missing: why };
    expect(test.auc).toEqual(missing);
    expect(test.balancedAccuracy).toEqual(missing);
    expect(test.finding?.usual.sensitivity).toEqual(missing);
    expect(test.finding?.auc).toEqual(missing);
    expect(test.finding?.roc).toEqual([]);
    expect(test.finding?.usual.specificity.value).toBe(1);
    // Who always answers the most frequent class finds as little of it.
    expect(test.majority).toMatchObject({ balancedAccuracy: null, sensitivity: null });
    expect(test.majority.specificity).not.toBeNull();
  });

  it('an interval of the calibration that has no width', async () => {
    const { test } = await of(
      twoClasses(Array.from({ length: 40 }, (_, i) => [i % 2 === 0 ? 1 : 0, i % 2 === 0 ? 0 : 1])),
    );
    const none = { value: 0, interval: null };
    expect(test.calibration.before).toMatchObject({ expectedCalibrationError: none, brierScore: none });
  });

  it('nothing else than the finding', async () => {
    const { test } = await of(
      twoClasses([
        [0.9, 0],
        [0.3, 0],
      ]),
    );
    expect(test.finding?.usual.specificity.missing).toBe('every image of the test set is "malignant"');
    expect(test.finding?.usual.negativePredictiveValue).toMatchObject({ value: 0, interval: [0, 0.975] });
  });

  it('a finding that is never said', async () => {
    const { test } = await of(
      twoClasses([
        [0.2, 0],
        [0.3, 1],
      ]),
    );
    expect(test.finding?.usual.positivePredictiveValue.missing).toBe('"malignant" is predicted for no image');
  });

  it('of one positive image nothing but exact intervals is given', async () => {
    const { test } = await of(
      twoClasses(Array.from({ length: 30 }, (_, i) => [i === 0 ? 0.7 : 0.2 + i / 100, i === 0 ? 0 : 1])),
    );
    expect(test.auc).toMatchObject({ value: 1, interval: null });
    expect(test.balancedAccuracy).toMatchObject({ interval: null });
    expect(test.finding?.auc.interval).toBeNull();
    expect(test.finding?.usual.sensitivity).toEqual({ value: 1, interval: [0.025, 1], missing: null });
    expect(test.calibration.before.expectedCalibrationError.interval).toBeNull();
    expect(test.calibration.before.brierScore.interval).toBeNull();
  });

  it('in one interval for the table of the classes too', async () => {
    const few = twoClasses(Array.from({ length: 30 }, (_, i) => [i === 0 ? 0.4 : 0.2 + i / 60, i < 9 ? 0 : 1]));
    const metrics = await partMetrics('test', few, LABELS);
    expect(metrics.aucInterval).toBeNull();
    const absent = await partMetrics(
      'test',
      twoClasses([
        [0.1, 1],
        [0.3, 1],
      ]),
      LABELS,
    );
    expect(absent.perClass[0]).toMatchObject({ images: 0, sensitivity: NaN, sensitivityInterval: null, f1: NaN });
  });
});

describe('diagnostics', () => {
  it('are the same bits twice, never NaN, and what their schema says', async () => {
    const once = await of(cautious);
    expect(await of(cautious)).toEqual(once);
    expect(JSON.stringify(once)).toBe(
      JSON.stringify(JSON.parse(JSON.stringify(once, (_, v: unknown) => (Number.isNaN(v) ? 'NaN' : v)))),
    );
    expect(diagnosticsSchema.parse(once)).toEqual(once);
  });

  it('choose nothing on the test set', async () => {
    const other = twoClasses(Array.from({ length: 40 }, (_, i) => [0.5 + (i % 2 ? 0.4 : -0.4), i % 2 ? 0 : 1]));
    const training = { images: 4, ofClass: [1, 3] };
    const choices = { labels: LABELS, finding: 0, operatingPoint: null };
    const [one, two] = [
      await diagnose({ validation: cautious, test: cautious, training }, choices),
      await diagnose({ validation: cautious, test: other, training }, choices),
    ];
    expect(two.temperature).toBe(one.temperature);
    expect(two.validation).toEqual(one.validation);
  });

  it('say when the operating point is of another finding', async () => {
    const operatingPoint = { finding: 1, label: 'benign', rule: { rule: 'youden' }, threshold: 0.5 } as const;
    const found = await of(cautious, 0, LABELS, { operatingPoint });
    expect(found.operatingPoint).toBeNull();
    expect(found.operatingPointProblem).toBe(
      'the saved operating point is for "benign", but the finding is now "malignant": choose it again',
    );
    expect(found.test.finding?.atOperatingPoint).toBeNull();
  });

  it('stop where a turn stops them', async () => {
    const random = createRandom(1, 'many');
    const many = twoClasses(Array.from({ length: 20_000 }, (_, i) => [random.uniform(), i % 2 ? 0 : 1]));
    let turns = 0;
    const turn = (): Promise<void> => (++turns === 3 ? Promise.reject(new Error('stopped')) : Promise.resolve());
    const training = { images: 2, ofClass: [1, 1] };
    const choices = { labels: LABELS, finding: 0, operatingPoint: null };
    await expect(diagnose({ validation: many, test: many, training }, choices, turn)).rejects.toThrow('stopped');
  });
});

it.each([
  ['nobody looked', undefined, null],
  ['no test image has one', [0, 0, 0, 0], { twins: 0, figures: null }],
  ['all have one', [1, 1, 1, 1], { twins: 4, figures: null }],
])('without twins: %s', async (_, twins, expected) => {
  const part = twoClasses([
    [0.9, 0],
    [0.2, 1],
    [0.8, 1],
    [0.7, 0],
  ]);
  const testTwins = twins && Uint8Array.from(twins);
  const { withoutTwins } = await diagnose(
    { validation: part, test: part, training: { images: 4, ofClass: [2, 2] }, testTwins },
    { labels: ['ill', 'well'], finding: 0, operatingPoint: null },
  );
  expect(withoutTwins).toEqual(expected);
});

it('figures without twins are those of the other images', async () => {
  const part = twoClasses([
    [0.9, 0],
    [0.2, 1],
    [0.8, 1],
    [0.7, 0],
  ]);
  const { test, withoutTwins } = await diagnose(
    { validation: part, test: part, training: { images: 4, ofClass: [2, 2] }, testTwins: Uint8Array.of(0, 0, 1, 0) },
    { labels: ['ill', 'well'], finding: 0, operatingPoint: null },
  );
  expect(test.accuracy.value).toBe(0.75);
  expect(withoutTwins).toMatchObject({
    twins: 1,
    figures: { images: 3, accuracy: { value: 1 }, finding: { specificity: { value: 1 } } },
  });
});
