import type { OperatingPoint, OperatingRule } from './vocabulary/operating-point.js';

/** `"malignant" where its probability is at least 0.2134 (sensitivity of at least 0.95 on the validation part)` */
export function operatingPointText({ label, threshold, rule }: OperatingPoint): string {
  return `"${label}" if its probability is at least ${threshold.toFixed(4)} (${ruleText(rule)})`;
}

/** How a threshold was chosen: `sensitivity of at least 0.95 on the validation part`. */
export function ruleText(rule: OperatingRule): string {
  switch (rule.rule) {
    case 'sensitivity':
    case 'specificity':
      return `${rule.rule} of at least ${rule.atLeast} on the validation set`;
    case 'youden':
      return 'largest sensitivity + specificity on the validation set';
    case 'costs':
      return `lowest cost on the validation set, with a missed finding at ${rule.missed} and a false alarm at ${rule.falseAlarm}`;
    case 'threshold':
      return 'chosen by hand';
  }
}
