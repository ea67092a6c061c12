import { expect, it } from 'vitest';
import { diagnosticsLines } from '../../../src-main/cli/diagnostics-text.js';
import type { PartDiagnostics } from '../../../src-main/vocabulary/diagnostics.js';
import { diagnostics } from '../../../src-renderer/dev/fixture-diagnostics.js';

const ofTest = (change: Partial<PartDiagnostics>): string[] =>
  diagnosticsLines({ ...diagnostics, test: { ...diagnostics.test, ...change } });

it('a bad model is called bad before any figure', () => {
  expect(ofTest({}).slice(0, 2)).toEqual([
    'Warning: misses 73.8 % of the “malignant” images.',
    'The model detects 11 of 42 “malignant” test images and misses 31; 4 false alarms among 114 other images.',
  ]);
});

it('why a figure is not defined is said in full', () => {
  const missing = 'no image of "a class whose name is as long as that of some findings" in the test set';
  const lines = ofTest({ balancedAccuracy: { value: null, interval: null, missing } });
  expect(lines.find((line) => line.startsWith('balanced accuracy'))).toContain(`not defined: ${missing}`);
});
