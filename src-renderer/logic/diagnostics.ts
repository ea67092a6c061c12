import type {
  Decision,
  Diagnostics,
  Estimate,
  OperatingRule,
  PartDiagnostics,
  RocCorner,
} from '../../src-main/ipc/contract.js';
import { decimal, integer, NONE, percent } from './format.js';

/** Below this a network misses most of what it looks for, or takes most of the others for it. */
const MOST = 0.5;

/** What counts on the test part: at the operating point where there is one, else the most probable class. */
export function decisionOf(part: PartDiagnostics): Decision | null {
  return part.finding && (part.finding.atOperatingPoint ?? part.finding.usual);
}

/** What it finds and misses on the test part, in counts. Null without a finding. */
export function headlineSentence({ finding, test, operatingPoint }: Diagnostics): string | null {
  if (!finding || !test.finding) return null;
  const { positives, negatives, usual, atOperatingPoint } = test.finding;
  if (positives === 0) return `No image of “${finding.label}” is in the test part: how many it finds is not known.`;
  const { truePositives, falseNegatives, falsePositives } = atOperatingPoint ?? usual;
  const where = operatingPoint && atOperatingPoint ? 'At its operating point it finds' : 'Finds';
  const alarms = `${integer(falsePositives)} false ${falsePositives === 1 ? 'alarm' : 'alarms'}`;
  return `${where} ${integer(truePositives)} of ${integer(positives)} “${finding.label}” test images and misses ${integer(falseNegatives)}; ${alarms} among ${integer(negatives)} others.`;
}

/** What stands out as bad, whatever the accuracy is; empty where nothing does. */
export function warningOf({ finding, test }: Diagnostics): string {
  const label = finding?.label ?? null;
  const { sensitivity, specificity } = decisionOf(test) ?? {};
  if (label !== null && typeof sensitivity?.value === 'number' && sensitivity.value < MOST) {
    return `It misses ${percent(1 - sensitivity.value)} of “${label}”`;
  }
  if (label !== null && typeof specificity?.value === 'number' && specificity.value < MOST) {
    return `It takes ${percent(1 - specificity.value)} of the others for “${label}”`;
  }
  const chance = test.majority.balancedAccuracy;
  const low = test.balancedAccuracy.interval?.[0] ?? test.balancedAccuracy.value;
  if (chance === null || low === null || low > chance) return '';
  const always = test.majority.label === null ? 'the most frequent answer' : `“${test.majority.label}”`;
  return `Not shown to be better than always saying ${always}`;
}

/** A figure as a bar beside what the majority vote reaches. */
export interface FigureBar {
  readonly name: string;
  readonly estimate: Estimate;
  /** Of the majority vote; null: none. */
  readonly majority: number | null;
  readonly text: string;
}

/** The headline by the task, what matters most first. */
export function headlineOf({ finding, test }: Diagnostics): FigureBar[] {
  const decision = decisionOf(test);
  const share = (name: string, estimate: Estimate, majority: number | null): FigureBar => ({
    ...{ name, estimate, majority },
    text: estimateText(estimate, percent, (end) => decimal(100 * end, 1)),
  });
  const auc = (name: string, estimate: Estimate): FigureBar => ({
    ...{ name, estimate, majority: estimate.value === null ? null : 0.5 },
    text: estimateText(
      estimate,
      (value) => decimal(value, 3),
      (end) => decimal(end, 3),
    ),
  });
  const { majority } = test;
  return [
    ...(finding && decision
      ? [
          share(`Sensitivity for “${finding.label}”`, decision.sensitivity, majority.sensitivity),
          share('Specificity', decision.specificity, majority.specificity),
        ]
      : []),
    share('Balanced accuracy', test.balancedAccuracy, majority.balancedAccuracy),
    test.finding ? auc(`AUC, “${finding?.label ?? ''}” against the rest`, test.finding.auc) : auc('AUC', test.auc),
    share('Accuracy', test.accuracy, majority.accuracy),
  ];
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
