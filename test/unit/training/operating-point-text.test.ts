import { expect, it } from 'vitest';
import { operatingPointText, ruleText } from '../../../src-main/operating-point-text.js';

it.each([
  [{ rule: 'sensitivity', atLeast: 0.95 }, 'sensitivity of at least 0.95 on the validation set'],
  [{ rule: 'specificity', atLeast: 0.9 }, 'specificity of at least 0.9 on the validation set'],
  [{ rule: 'youden' }, 'largest sensitivity + specificity on the validation set'],
  [
    { rule: 'costs', missed: 20, falseAlarm: 2 },
    'lowest cost on the validation set, with a missed finding at 20 and a false alarm at 2',
  ],
  [{ rule: 'threshold' }, 'chosen by hand'],
] as const)('%j says how it was chosen, the same in window, command line and bundle', (rule, text) => {
  expect(ruleText(rule)).toBe(text);
  expect(operatingPointText({ finding: 0, label: 'malignant', rule, threshold: 0.21341 })).toBe(
    `"malignant" if its probability is at least 0.2134 (${text})`,
  );
});
