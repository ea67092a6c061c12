import type { Diagnostics, Estimate } from '../../src-main/ipc/contract.js';
import { decimal, integer, percent } from './format.js';

/** A figure of the headline, as `KeyFigures` shows it. */
export interface HeadlineFigure {
  readonly name: string;
  readonly value: string;
  readonly hint: string;
  readonly tone?: 'bad' | undefined;
}

const NOT_DEFINED = 'not defined';

/** `95 %: 38.7 – 70.2`, or why there is none. */
function reach({ value, interval, missing }: Estimate, text: (value: number) => string): string {
  if (value === null) return missing ?? '';
  return interval ? `95 %: ${text(interval[0])} – ${text(interval[1])}` : 'no 95 % interval';
}

/** What decides, each figure beside who always says the most frequent class; bad where it may be no better. */
export function headlineFigures({ finding, test }: Diagnostics): HeadlineFigure[] {
  const asPercent = (value: number): string => decimal(value * 100, 1);
  const figure = (
    name: string,
    estimate: Estimate,
    majority: number | null,
    text: 'percent' | 'decimal' = 'percent',
    judged = false,
  ): HeadlineFigure => {
    const show = (value: number): string => (text === 'percent' ? percent(value) : decimal(value, 3));
    const vote = majority === null ? '' : `; majority vote ${show(majority)}`;
    const lowest = estimate.interval?.[0] ?? estimate.value;
    return {
      name,
      value: estimate.value === null ? NOT_DEFINED : show(estimate.value),
      hint: reach(estimate, text === 'percent' ? asPercent : (value) => decimal(value, 3)) + vote,
      tone: judged && majority !== null && lowest !== null && lowest <= majority ? 'bad' : undefined,
    };
  };
  const { majority } = test;
  const usual = test.finding?.usual;
  return [
    figure('Balanced accuracy', test.balancedAccuracy, majority.balancedAccuracy, 'percent', true),
    figure('AUC', test.auc, test.auc.value === null ? null : 0.5, 'decimal', true),
    ...(finding && usual
      ? [
          figure('Sensitivity', usual.sensitivity, majority.sensitivity),
          figure('Specificity', usual.specificity, majority.specificity),
        ]
      : []),
    figure('Accuracy', test.accuracy, majority.accuracy, 'percent', true),
  ];
}

/** The same in a sentence, for who reads nothing else. Null without a finding. */
export function headlineSentence({ finding, test, operatingPoint }: Diagnostics): string | null {
  if (!finding || !test.finding) return null;
  const { positives, negatives, usual, atOperatingPoint } = test.finding;
  if (positives === 0) return `No image of “${finding.label}” is in the test part: how many it finds is not known.`;
  const { truePositives, falseNegatives, falsePositives } = atOperatingPoint ?? usual;
  const where = operatingPoint && atOperatingPoint ? 'At its operating point it finds' : 'Finds';
  const alarms = `${integer(falsePositives)} false ${falsePositives === 1 ? 'alarm' : 'alarms'}`;
  return `${where} ${integer(truePositives)} of ${integer(positives)} “${finding.label}” test images and misses ${integer(falseNegatives)}; ${alarms} among ${integer(negatives)} others.`;
}

/** Where the network decides, in words; null where it says the most probable class. */
export function operatingPointText({ operatingPoint }: Diagnostics): string | null {
  if (!operatingPoint) return null;
  const { label, threshold } = operatingPoint;
  return `“${label}” is said from a probability of ${decimal(threshold, 4)} on, chosen on validation images.`;
}
