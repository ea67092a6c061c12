import { describe, expect, it } from 'vitest';
import { diagnostics } from '../../../src-renderer/dev/fixture-diagnostics.js';
import { cornerAt, figureText, matrixAt, ruleText } from '../../../src-renderer/logic/diagnostics.js';

describe('a figure of the headline', () => {
  const estimate = { value: 11 / 42, interval: [0.132, 0.392] as const, missing: null };
  const missing = 'no image of class 3 in the test part';
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
  it('is the last corner whose threshold is still as high; counts follow', () => {
    const corner = cornerAt(roc, roc[7]!.threshold)!;
    expect(corner).toBe(roc[7]);
    expect(cornerAt(roc, roc[7]!.threshold - 1e-9)).toBe(roc[7]);
    expect(cornerAt(roc, 2)).toBeNull();
    const [[found, missed], [alarms, rest]] = matrixAt(corner, { positives, negatives });
    expect([found + missed, alarms + rest]).toEqual([positives, negatives]);
    expect([found, alarms]).toEqual([corner.truePositives, corner.falsePositives]);
    expect(matrixAt(null, { positives, negatives })).toEqual([
      [0, positives],
      [0, negatives],
    ]);
  });

  it.each([
    [{ rule: 'sensitivity', atLeast: 0.95 }, 'sensitivity of at least 95.0\u202f% on the validation part'],
    [{ rule: 'youden' }, 'largest sum of sensitivity and specificity on the validation part (Youden)'],
    [
      { rule: 'costs', missed: 20, falseAlarm: 2 },
      'least cost on the validation part, where a miss counts 10.00 times a false alarm',
    ],
    [{ rule: 'threshold' }, 'set by hand'],
  ] as const)('%j says how it was chosen', (rule, text) => expect(ruleText(rule)).toBe(text));
});
