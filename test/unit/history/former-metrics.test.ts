import { expect, test } from 'vitest';
import { partMetricsSchema } from '../../../src-main/vocabulary/metrics.js';

/** As a result of before classes had their images counted: one positive image, and none of class 2. */
const former = {
  part: 'test',
  images: 21,
  accuracy: 0.9,
  auc: 0.9,
  accuracyInterval: [0.8, 0.95],
  aucInterval: [0.76, 0.95],
  perClass: ['0', '1', '2'].map((label) => ({ label, sensitivity: 0, specificity: 1, precision: 0, f1: 0 })),
  confusion: [
    [19, 1, 0],
    [1, 0, 0],
    [0, 0, 0],
  ],
  roc: [],
};

test('an interval on one positive image and the sensitivity of an absent class are not read as figures', () => {
  const read = partMetricsSchema.parse(former);
  expect(read.aucInterval).toBeNull();
  expect(read.perClass).toMatchObject([
    { images: 20, sensitivity: 0, sensitivityInterval: null },
    { images: 1, sensitivity: 0 },
    { images: 0, sensitivity: NaN, f1: NaN, precision: NaN, specificity: 1 },
  ]);
});

test('a result of today is read as it is', () => {
  const today = partMetricsSchema.parse(former);
  expect(partMetricsSchema.parse(today)).toEqual(today);
  const enough = partMetricsSchema.parse({
    ...former,
    confusion: [
      [30, 0, 0],
      [0, 30, 0],
      [0, 0, 30],
    ],
  });
  expect(enough.aucInterval).toEqual([0.76, 0.95]);
});
