import { describe, expect, it } from 'vitest';
import type { Diagnostics, PartDiagnostics } from '../../../src-main/ipc/contract.js';
import { diagnostics, withOperatingPoint } from '../../../src-renderer/dev/fixture-diagnostics.js';
import { headlineFigures, headlineSentence, operatingPointText } from '../../../src-renderer/logic/diagnostics.js';

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
    expect(operatingPointText(withOperatingPoint())).toBe(
      '“malignant” is said from a probability of 0.1175 on, chosen on validation images.',
    );
    expect(operatingPointText(diagnostics)).toBeNull();
  });

  it('has every figure with its interval beside majority vote, and marks what may be no better', () => {
    const figures = headlineFigures(diagnostics).map(({ name, value, hint, tone }) => [name, value, hint, tone]);
    expect(figures.map(([name]) => name)).toEqual([
      'Balanced accuracy',
      'AUC',
      'Sensitivity',
      'Specificity',
      'Accuracy',
    ]);
    expect(figures[2]).toEqual([
      'Sensitivity',
      '26.2\u202f%',
      '95 %: 13.2 – 39.2; majority vote 0.0\u202f%',
      undefined,
    ]);
    expect(figures[4]).toEqual(['Accuracy', '77.6\u202f%', '95 %: 71.6 – 83.6; majority vote 73.1\u202f%', 'bad']);
    expect(figures[0]?.[3]).toBeUndefined();
  });

  it('says why a figure is not defined, and that there is no interval', () => {
    const missing = 'no image of class 3 in the test part';
    const figures = headlineFigures(
      withTest({
        auc: { value: null, interval: null, missing },
        accuracy: { value: 0.9, interval: null, missing: null },
      }),
    );
    expect(figures[1]).toEqual({ name: 'AUC', value: 'not defined', hint: missing, tone: undefined });
    expect(figures.at(-1)?.hint).toBe('no 95 % interval; majority vote 73.1\u202f%');
  });

  it('without a finding has neither sensitivity nor specificity', () => {
    expect(headlineFigures({ ...diagnostics, finding: null }).map(({ name }) => name)).toEqual([
      'Balanced accuracy',
      'AUC',
      'Accuracy',
    ]);
  });
});
