import { describe, expect, it } from 'vitest';
import { headlineOf } from '../../src-main/headline.js';
import type { Diagnostics, PartDiagnostics } from '../../src-main/vocabulary/diagnostics.js';
import { diagnostics, told, withOperatingPoint } from '../../src-renderer/dev/fixture-diagnostics.js';

const sentence = (of: Diagnostics): string | null => headlineOf(of).sentence;
const withTest = (change: Partial<PartDiagnostics>): Diagnostics => ({
  ...diagnostics,
  test: { ...diagnostics.test, ...change },
});

describe('the headline of a model', () => {
  it('says in a sentence how much it misses', () => {
    expect(sentence(diagnostics)).toBe(
      'The model detects 11 of 42 “malignant” test images and misses 31; 4 false alarms among 114 other images.',
    );
    expect(sentence(withOperatingPoint())).toBe(
      'At its operating point, the model detects 39 of 42 “malignant” test images and misses 3; 72 false alarms among 114 other images.',
    );
    expect(sentence({ ...diagnostics, finding: null })).toBeNull();
    const found = (truePositives: number): string | null => {
      const finding = diagnostics.test.finding!;
      const usual = { ...finding.usual, truePositives, falseNegatives: 0, falsePositives: 0 };
      return sentence(withTest({ finding: { ...finding, positives: truePositives, negatives: 42, usual } }));
    };
    expect(found(1)).toMatch(
      /^The model detects 1 of 1 .* other images\. A single image says little about how many it would detect\.$/,
    );
    expect(found(9)).toMatch(/ So few images say little about how many it would detect\.$/);
    expect(found(10)).toMatch(/ other images\.$/);
  });

  it('has every figure with its interval beside majority class', () => {
    const { figures } = headlineOf(diagnostics);
    expect(figures.map(({ name }) => name)).toEqual([
      'Sensitivity for “malignant”',
      'Specificity',
      'Balanced accuracy',
      'AUC, “malignant” against the rest',
      'Accuracy',
    ]);
    const { sensitivity } = diagnostics.test.finding!.usual;
    expect(figures[0]).toMatchObject({ estimate: sensitivity, majority: 0, format: 'share' });
    expect(figures[3]).toMatchObject({ estimate: diagnostics.test.finding!.auc, majority: 0.5, format: 'area' });
  });

  it('without a finding has neither sensitivity nor specificity', () => {
    const none = { ...diagnostics, finding: null, test: { ...diagnostics.test, finding: null } };
    expect(headlineOf(none).figures.map(({ name }) => name)).toEqual(['Balanced accuracy', 'AUC', 'Accuracy']);
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
    ['misses most', diagnostics, 'Misses 73.8\u202f% of the “malignant” images'],
    ['takes most of the others', deciding(0.9, 0.3), 'Predicts “malignant” for 70.0\u202f% of the other images'],
    ['nothing', deciding(0.9, 0.8), ''],
    [
      'no better than majority class',
      {
        ...deciding(0.9, 0.8),
        test: { ...deciding(0.9, 0.8).test, balancedAccuracy: { ...sound, interval: [0.49, 0.6] } },
      },
      `Not shown to be better than always predicting “${always.label}”`,
    ],
  ] as [string, Diagnostics, string][])('%s', (_, of, text) => expect(headlineOf(of).warning).toBe(text));
});

it.each([false, true])('the preview of the window shows what main says; operating point: %s', (pointChosen) => {
  const { headline, ...figures } = told(pointChosen);
  expect(headline).toEqual(headlineOf(figures));
});
