import { describe, expect, it } from 'vitest';
import { diagnostics } from '../../../src-renderer/dev/fixture-diagnostics.js';
import { figureText, matrixAt } from '../../../src-renderer/logic/diagnostics.js';

describe('a figure of the headline', () => {
  const estimate = { value: 11 / 42, interval: [0.132, 0.392] as const, missing: null };
  const missing = 'no image of class 3 in the test set';
  it.each([
    ['share', estimate, '26.2\u202f% [13.2, 39.2]'],
    ['area', estimate, '0.262 [0.132, 0.392]'],
    ['share', { ...estimate, interval: null }, '26.2\u202f%, too few images for an interval'],
    ['area', { value: null, interval: null, missing }, `not defined: ${missing}`],
  ] as const)('%s: %j is said with its interval, or why there is none', (format, of, text) =>
    expect(figureText({ name: 'any', estimate: of, majority: null, format })).toBe(text),
  );
});

describe('an operating point', () => {
  const { roc, positives, negatives } = diagnostics.test.finding!;
  it('has counts of two classes', () => {
    const corner = roc[7]!;
    const [[found, missed], [alarms, rest]] = matrixAt(corner, { positives, negatives });
    expect([found + missed, alarms + rest]).toEqual([positives, negatives]);
    expect([found, alarms]).toEqual([corner.truePositives, corner.falsePositives]);
    expect(matrixAt(null, { positives, negatives })).toEqual([
      [0, positives],
      [0, negatives],
    ]);
  });
});
