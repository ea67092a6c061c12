import { describe, expect, it } from 'vitest';
import type { Diagnostics, PartDiagnostics } from '../../../src-main/ipc/contract.js';
import { diagnostics, withOperatingPoint } from '../../../src-renderer/dev/fixture-diagnostics.js';
import {
  headlineOf,
  headlineSentence,
  matrixAt,
  warningOf,
} from '../../../src-renderer/logic/diagnostics.js';

const withTest = (change: Partial<PartDiagnostics>): Diagnostics => ({
  ...diagnostics,
  test: { ...diagnostics.test, ...change },
});

describe('the headline of a model', () => {
  it('says in a sentence how much it misses', () => {
    expect(headlineSentence(diagnostics)).toBe(
      'Finds 11 of 42 “malignant” test images and misses 31; 4 false alarms among 114 others.',
    );
    expect(headlineSentence(withOperatingPoint())).toBe(
      'At its operating point it finds 39 of 42 “malignant” test images and misses 3; 72 false alarms among 114 others.',
    );
    expect(headlineSentence({ ...diagnostics, finding: null })).toBeNull();
  });

  it('has every figure with its interval beside majority vote', () => {
    const figures = headlineOf(diagnostics).map(({ name, text, majority }) => [name, text, majority]);
    expect(figures.map(([name]) => name)).toEqual([
      'Sensitivity for “malignant”',
      'Specificity',
      'Balanced accuracy',
      'AUC, “malignant” against the rest',
      'Accuracy',
    ]);
    expect(figures[0]).toEqual(['Sensitivity for “malignant”', '26.2\u202f% [13.2, 39.2]', 0]);
  });

  it('says why a figure is not defined, and that there is no interval', () => {
    const missing = 'no image of class 3 in the test part';
    const figures = headlineOf(
      withTest({
        balancedAccuracy: { value: null, interval: null, missing },
        accuracy: { value: 0.9, interval: null, missing: null },
      }),
    );
    expect(figures[2]?.text).toBe(`not defined: ${missing}`);
    expect(figures.at(-1)?.text).toBe('90.0\u202f%, too few images for an interval');
  });

  it('without a finding has neither sensitivity nor specificity', () => {
    const none = { ...diagnostics, finding: null, test: { ...diagnostics.test, finding: null } };
    expect(headlineOf(none).map(({ name }) => name)).toEqual(['Balanced accuracy', 'AUC', 'Accuracy']);
  });
});

describe('the warning of a model', () => {
  const always = diagnostics.test.majority;
  const sound = { value: 0.9, interval: [0.8, 0.95] as const, missing: null };
  const deciding = (sensitivity: number, specificity: number): Diagnostics => {
    const finding = diagnostics.test.finding!;
    const usual = {
      ...finding.usual,
      sensitivity: { ...sound, value: sensitivity },
      specificity: { ...sound, value: specificity },
    };
    return withTest({ finding: { ...finding, usual, atOperatingPoint: null }, balancedAccuracy: sound });
  };
  it.each([
    ['misses most', diagnostics, 'It misses 73.8\u202f% of “malignant”'],
    ['takes most of the others', deciding(0.9, 0.3), 'It takes 70.0\u202f% of the others for “malignant”'],
    ['nothing', deciding(0.9, 0.8), ''],
    [
      'no better than majority vote',
      {
        ...deciding(0.9, 0.8),
        test: { ...deciding(0.9, 0.8).test, balancedAccuracy: { ...sound, interval: [0.49, 0.6] } },
      },
      `Not shown to be better than always saying “${always.label}”`,
    ],
  ] as [string, Diagnostics, string][])('%s', (_, of, text) => expect(warningOf(of)).toBe(text));
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
