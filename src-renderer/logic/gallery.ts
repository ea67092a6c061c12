import type { ImageSelection, Outcome, ShownImage, Twin } from '../../src-main/ipc/contract.js';
import { percent, plural } from './format.js';

/** Images on a page. */
export const PAGE = 60;

/** Where a key leads in pictures that are set in lines of `columns`; null when the key is none of them. */
export function moveInGallery(key: string, from: number, count: number, columns: number): number | null {
  const to = (n: number): number => (n < 0 || n >= count ? from : n);
  switch (key) {
    case 'ArrowLeft':
      return to(from - 1);
    case 'ArrowRight':
      return to(from + 1);
    case 'ArrowUp':
      return to(from - columns);
    case 'ArrowDown':
      return to(from + columns);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

/** The sentence of a page with the quotation marks of the window. */
export const quoted = (sentence: string): string => sentence.replace(/"([^"]*)"/g, '“$1”');

export const PARTS = { train: 'training', val: 'validation', test: 'test' } as const;

export const namesOf = (classes: readonly number[], labels: readonly string[]): string =>
  classes.map((k) => labels[k] ?? String(k)).join(', ') || 'no label';

/** A picture in words: "Image 48: malignant, called normal, benign, 90.0 %; 2 twins, 1 with another label". */
export function imageText(
  { index, truth, said, probability, twins, twinCount }: ShownImage,
  labels: readonly string[],
): string {
  const others = twins.filter(({ otherLabel }) => otherLabel).length;
  const alike =
    twinCount === 0 ? '' : `; ${plural(twinCount, 'twin')}${others > 0 ? `, ${others} with another label` : ''}`;
  const what =
    truth.join() === said.join()
      ? `correctly classified as ${namesOf(said, labels)}`
      : `${namesOf(truth, labels)}, classified as ${namesOf(said, labels)}`;
  return `Image ${index}: ${what}, ${percent(probability)}${alike}`;
}

/** "training image 481, correlation 0.999, labelled “benign”" */
export function twinText(
  { part, index, correlation, identical, otherLabel, truth }: Twin,
  labels: readonly string[],
): string {
  const likeness = identical ? 'identical' : `correlation ${(Math.floor(correlation * 1000) / 1000).toFixed(3)}`;
  return `${PARTS[part]} image ${index}, ${likeness}, ${otherLabel ? 'different label: ' : 'same label: '}“${namesOf(truth, labels)}”`;
}

/** Outcomes in a word. */
export const OUTCOMES: Readonly<Record<Outcome, string>> = {
  'true-positive': 'found',
  'false-negative': 'missed',
  'false-positive': 'false alarms',
  'true-negative': 'true negatives',
};

/** Outcomes of a 2×2 matrix with the finding first; rows: truth, columns: prediction. */
export function outcomeAt(truth: number, prediction: number): Outcome {
  if (truth === 0) return prediction === 0 ? 'true-positive' : 'false-negative';
  return prediction === 0 ? 'false-positive' : 'true-negative';
}

/** A page of the gallery is of one selection and part. */
export interface Asked {
  readonly selection: ImageSelection;
  readonly part: 'val' | 'test';
}
