import type { Decision, Estimate, HeadlineFigure, OperatingRule, RocCorner } from '../../src-main/ipc/contract.js';
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

/** What is shown of a corner. */
export type ShownCorner = Omit<RocCorner, 'threshold'>;

/** A decision as a corner beside the curve, on which it need not lie. */
export function cornerOf(decision: Decision | null | undefined): ShownCorner | null {
  if (!decision) return null;
  const { sensitivity, specificity, truePositives, falsePositives } = decision;
  return {
    truePositives,
    falsePositives,
    sensitivity: sensitivity.value ?? 0,
    specificity: specificity.value ?? 0,
    sensitivityInterval: sensitivity.interval ?? [0, 1],
    specificityInterval: specificity.interval ?? [0, 1],
  };
}

/** Counts of two classes at a corner; rows: truth, columns: prediction; the finding first. */
export function matrixAt(
  corner: ShownCorner | null,
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
