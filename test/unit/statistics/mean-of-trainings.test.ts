import { expect, test } from 'vitest';
import { meanOfTrainings } from '../../../src-main/statistics/mean-of-trainings.js';
import { upperTail } from '../../../src-main/statistics/student-t.js';

test('one training keeps its own interval', () =>
  expect(meanOfTrainings([{ value: 0.8, interval: [0.7, 0.87] }])).toEqual({ value: 0.8, interval: [0.7, 0.87] }));

test('trainings that agree have the mean of their intervals', () => {
  const { value, interval } = meanOfTrainings([
    { value: 0.8, interval: [0.7, 0.86] },
    { value: 0.8, interval: [0.72, 0.88] },
  ]);
  expect(value).toBeCloseTo(0.8, 12);
  expect(interval?.[0]).toBeCloseTo(0.71, 12);
  expect(interval?.[1]).toBeCloseTo(0.87, 12);
});

test('what images and trainings vary is added, with the degrees of freedom of Satterthwaite', () => {
  // Images: a half-width of 0.0392 is a standard error of 0.02; trainings: variance 0.0004 / 2.
  const values = [0.78, 0.82, 0.8];
  const { value, interval } = meanOfTrainings(
    values.map((each) => ({ value: each, interval: [each - 0.0392, each + 0.0392] })),
  );
  expect(value).toBeCloseTo(0.8, 12);
  const variance = (0.0392 / 1.959963984540054) ** 2 + 0.0004 / 3;
  const degrees = variance ** 2 / ((0.0004 / 3) ** 2 / 2);
  const t = (0.8 - interval![0]) / Math.sqrt(variance);
  expect(interval![1] - 0.8).toBeCloseTo(0.8 - interval![0], 12);
  expect(upperTail(t, degrees)).toBeCloseTo(0.025, 9);
});

test('two trainings that differ much say so: the interval is far wider than that of either', () => {
  const { interval } = meanOfTrainings([
    { value: 0.6, interval: [0.59, 0.61] },
    { value: 0.8, interval: [0.79, 0.81] },
  ]);
  expect(interval).toEqual([0, 1]);
});

test.each([
  ['no interval', null],
  ['the same end twice', [1, 1]],
  ['ends that are no numbers', [NaN, NaN]],
] as const)('%s: the mean has none either', (_, interval) =>
  expect(
    meanOfTrainings([
      { value: 1, interval },
      { value: 0.9, interval: [0.8, 0.95] },
    ]),
  ).toEqual({ value: 0.95, interval: null }),
);

test('a value that is no number', () =>
  expect(meanOfTrainings([{ value: NaN, interval: [0.1, 0.2] }])).toEqual({ value: NaN, interval: null }));
