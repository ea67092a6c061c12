import { PART_NAMES, type Part } from '../../datasets/dataset.js';
import { count } from '../../number-text.js';
import type { Diagnostics } from '../../vocabulary/diagnostics.js';
import type { DecidedAt, ImageSelection, Outcome } from '../../vocabulary/image-page.js';
import { CALIBRATION_BINS } from './calibration.js';
import { named } from './estimate.js';

export interface SelectionFacts {
  readonly part: Part;
  readonly selection: ImageSelection;
  /** In class order. */
  readonly labels: readonly string[];
  readonly calibrationOf: Diagnostics['calibrationOf'];
  readonly finding: number | null;
  readonly multiLabel: boolean;
  readonly total: number;
  readonly of: number;
}

/** What a page of images shows: `26 of 114 "malignant" test images called "benign", most confident first`. */
export function selectionSentence(facts: SelectionFacts): string {
  const { selection, total } = facts;
  const where = 'at' in selection ? decided(facts, selection.at) : '';
  return `${what(facts)}${where}${total > 1 ? ', most confident first' : ''}`;
}

function what({ part, selection, labels, calibrationOf, finding, multiLabel, total, of }: SelectionFacts): string {
  const label = (k: number): string => named(labels[k] ?? String(k));
  const some = `${total === 0 ? 'None' : count(total)} of ${count(of)}`;
  const images = `${PART_NAMES[part]} ${of === 1 ? 'image' : 'images'}`;
  switch (selection.by) {
    case 'cell': {
      const { truth, prediction } = selection;
      return `${some} ${label(truth)} ${images} ${truth === prediction ? 'correctly ' : ''}classified as ${label(prediction)}`;
    }
    case 'outcome':
      return outcomeText(selection.outcome, some, images, label(selection.class));
    case 'bin': {
      const { bin, calibrated } = selection;
      const width = 100 / CALIBRATION_BINS;
      const range = `${Math.round(bin * width)} to ${Math.round((bin + 1) * width)} %${calibrated ? ', calibrated' : ''}`;
      if (calibrationOf === 'finding') return `${some} ${images} with a probability of ${label(finding!)} of ${range}`;
      if (calibrationOf === 'most probable class') {
        return `${some} ${images} with a probability of the most probable class of ${range}`;
      }
      return `${some} label probabilities of the ${PART_NAMES[part]} images of ${range}`;
    }
    case 'wrong':
      return multiLabel
        ? `${some} label decisions for the ${PART_NAMES[part]} images wrong`
        : `${some} ${images} wrongly classified`;
  }
}

function outcomeText(outcome: Outcome, some: string, images: string, subject: string): string {
  switch (outcome) {
    case 'true-positive':
      return `${some} ${subject} ${images} found`;
    case 'false-negative':
      return `${some} ${subject} ${images} missed`;
    case 'false-positive':
      return `${some} other ${images} wrongly classified as ${subject}`;
    case 'true-negative':
      return `${some} other ${images} correctly not classified as ${subject}`;
  }
}

function decided({ labels }: SelectionFacts, at: DecidedAt): string {
  if (!at) return '';
  const label = named(labels[at.finding] ?? String(at.finding));
  if (at.threshold > 1) return `, where ${label} is never predicted`;
  return `, where ${label} is predicted from a probability of ${at.threshold.toFixed(4)}`;
}
