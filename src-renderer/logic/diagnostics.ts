import type { Estimate, HeadlineFigure, OperatingRule, RocCorner } from '../../src-main/ipc/contract.js';
import { decimal, NONE, percent } from './format.js';

/** "26.2 % [13.9, 42.0]" of a share, "0.741 [0.650, 0.830]" of an area. */
export function figureText({ estimate, format }: HeadlineFigure): string {
  return format === 'share'
    ? estimateText(estimate, percent, (end) => decimal(100 * end, 1))
    : estimateText(
        estimate,
        (value) => decimal(value, 3),
        (end) => decimal(end, 3),
      );
}

/** "26.2 % [13.9, 42.0]", or why there is none. */
export function estimateText(
  { value, interval, missing }: Estimate,
  text: (value: number) => string,
  end: (value: number) => string,
): string {
  if (value === null) return missing === null ? NONE : `not defined: ${missing}`;
  return interval === null
    ? `${text(value)}, too few images for an interval`
    : `${text(value)} [${interval.map(end).join(', ')}]`;
}

/** What a threshold decides: the last corner of a curve whose threshold is still as high. */
export function cornerAt(roc: readonly RocCorner[], threshold: number): RocCorner | null {
  return roc.findLast((corner) => corner.threshold >= threshold) ?? null;
}

/** Counts of two classes at a corner; rows: truth, columns: prediction; the finding first. */
export function matrixAt(
  corner: RocCorner | null,
  { positives, negatives }: { readonly positives: number; readonly negatives: number },
): [[number, number], [number, number]] {
  const [found, alarms] = [corner?.truePositives ?? 0, corner?.falsePositives ?? 0];
  return [
    [found, positives - found],
    [alarms, negatives - alarms],
  ];
}

/** Rules that choose on the validation part. */
export type ChoosableRule = Exclude<OperatingRule['rule'], 'threshold'>;

/** How an operating point was chosen. */
export function ruleText(rule: OperatingRule): string {
  switch (rule.rule) {
    case 'sensitivity':
    case 'specificity':
      return `${rule.rule} of at least ${percent(rule.atLeast)} on the validation part`;
    case 'youden':
      return 'largest sum of sensitivity and specificity on the validation part (Youden)';
    case 'costs':
      return `least cost on the validation part, where a miss counts ${decimal(rule.missed / rule.falseAlarm, 2)} times a false alarm`;
    case 'threshold':
      return 'set by hand';
  }
}
