import { count } from './number-text.js';
import type { Decision, Diagnostics, Estimate, PartDiagnostics } from './vocabulary/diagnostics.js';
import type { Headline, HeadlineFigure } from './vocabulary/headline.js';

/** Below this a network misses most of what it looks for, or takes most of the others for it. */
const MOST = 0.5;

/** Of fewer images of the finding, how many it finds is hardly known. */
const FEW = 10;

/** 0.2619 → "26.2 %", with a space that no line breaks at. */
export function shareText(share: number): string {
  return `${(100 * share).toFixed(1)}\u202f%`;
}

/**
 * The words and figures that a model is judged by at first sight: the only place where they are chosen, for the window and
 * for reports.
 */
export function headlineOf(diagnostics: Diagnostics): Headline {
  return {
    warning: warningOf(diagnostics),
    sentence: sentenceOf(diagnostics),
    figures: figuresOf(diagnostics),
  };
}

/** What counts on a part: at the operating point where there is one, else the most probable class. */
export function decisionOf(part: PartDiagnostics): Decision | null {
  return part.finding && (part.finding.atOperatingPoint ?? part.finding.usual);
}

function sentenceOf({ finding, test, operatingPoint }: Diagnostics): string | null {
  if (!finding || !test.finding) return null;
  const { positives, negatives, usual, atOperatingPoint } = test.finding;
  if (positives === 0)
    return `The test set has no image of “${finding.label}”, so how many the model detects is unknown.`;
  const { truePositives, falseNegatives, falsePositives } = atOperatingPoint ?? usual;
  const where = operatingPoint && atOperatingPoint ? 'At its operating point, the model detects' : 'The model detects';
  const few =
    positives < FEW
      ? ` ${positives === 1 ? 'A single image says' : 'So few images say'} little about how many it would detect.`
      : '';
  const alarms = `${count(falsePositives)} false ${falsePositives === 1 ? 'alarm' : 'alarms'}`;
  return `${where} ${count(truePositives)} of ${count(positives)} “${finding.label}” test images and misses ${count(falseNegatives)}; ${alarms} among ${count(negatives)} other images.${few}`;
}

function warningOf({ finding, test }: Diagnostics): string {
  const label = finding?.label ?? null;
  const { sensitivity, specificity } = decisionOf(test) ?? {};
  if (label !== null && typeof sensitivity?.value === 'number' && sensitivity.value < MOST) {
    return `Misses ${shareText(1 - sensitivity.value)} of the “${label}” images`;
  }
  if (label !== null && typeof specificity?.value === 'number' && specificity.value < MOST) {
    return `Predicts “${label}” for ${shareText(1 - specificity.value)} of the other images`;
  }
  const chance = test.majority.balancedAccuracy;
  const low = test.balancedAccuracy.interval?.[0] ?? test.balancedAccuracy.value;
  if (chance === null || low === null || low > chance) return '';
  const always = test.majority.label === null ? 'the most frequent answer' : `“${test.majority.label}”`;
  return `Not shown to be better than always predicting ${always}`;
}

function figuresOf({ finding, test }: Diagnostics): HeadlineFigure[] {
  const decision = decisionOf(test);
  const { majority } = test;
  // These are not of the operating point, and beside figures that are it must be said.
  const usual = test.finding?.atOperatingPoint ? ', most probable class' : '';
  const share = (name: string, estimate: Estimate, vote: number | null): HeadlineFigure => ({
    name,
    estimate,
    majority: vote,
    format: 'share',
  });
  const auc = (name: string, estimate: Estimate): HeadlineFigure => ({
    name,
    estimate,
    majority: estimate.value === null ? null : 0.5,
    format: 'area',
  });
  return [
    ...(finding && decision
      ? [
          share(`Sensitivity for “${finding.label}”`, decision.sensitivity, majority.sensitivity),
          share('Specificity', decision.specificity, majority.specificity),
        ]
      : []),
    share(`Balanced accuracy${usual}`, test.balancedAccuracy, majority.balancedAccuracy),
    test.finding ? auc(`AUC, “${finding?.label ?? ''}” against the rest`, test.finding.auc) : auc('AUC', test.auc),
    share(`Accuracy${usual}`, test.accuracy, majority.accuracy),
  ];
}
