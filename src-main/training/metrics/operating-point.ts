import { UserError } from '../../errors.js';
import type { OperatingPoint, OperatingRule } from '../../vocabulary/operating-point.js';
import { absent, nothingElse } from './estimate.js';
import type { ScoredPart } from './scores.js';
import { thresholdCounts, type ThresholdCounts } from './thresholds.js';

/**
 * Chooses the threshold on the validation part; the test part has no say. Of equally good ones the highest counts.
 * @throws UserError `operating-point-images` when the validation part lacks positives or negatives
 */
export function chooseOperatingPoint(
  validation: ScoredPart,
  finding: number,
  label: string,
  rule: Exclude<OperatingRule, { rule: 'threshold' }>,
): OperatingPoint {
  const { positives, negatives, counts } = thresholdCounts(validation, finding);
  if (positives === 0 || negatives === 0) {
    const why = positives === 0 ? absent(label, 'val') : nothingElse(label, 'val');
    throw new UserError(
      'operating-point-images',
      `An operating point cannot be chosen: ${why}; use a dataset whose validation set has both, or give a threshold yourself.`,
    );
  }
  const merit = meritOf(rule, positives, negatives);
  // not the first of equally good ones by rounding: counts are compared, not rates
  const best = counts.reduce((chosen, next) => (merit(next) > merit(chosen) ? next : chosen));
  return { finding, label, rule, threshold: best.threshold };
}

/** What a rule wants to be large; whole numbers where they can be, so that equals are equal. */
function meritOf(
  rule: Exclude<OperatingRule, { rule: 'threshold' }>,
  positives: number,
  negatives: number,
): (counts: ThresholdCounts) => number {
  switch (rule.rule) {
    case 'sensitivity':
      return ({ truePositives, falsePositives }) =>
        truePositives / positives >= rule.atLeast ? -falsePositives : -Infinity;
    case 'specificity':
      return ({ truePositives, falsePositives }) =>
        (negatives - falsePositives) / negatives >= rule.atLeast ? truePositives : -Infinity;
    case 'youden':
      return ({ truePositives, falsePositives }) => truePositives * negatives - falsePositives * positives;
    case 'costs':
      return ({ truePositives, falsePositives }) => truePositives * rule.missed - falsePositives * rule.falseAlarm;
  }
}
