import { isMultiLabel } from '../../datasets/dataset.js';
import { UserError } from '../../errors.js';
import type { DecidedAt, ImageSelection } from '../../vocabulary/image-page.js';
import { binOf, claimsOf } from './calibration.js';
import { decideAt } from './decide.js';
import { isPositive, isPredicted, predictedClass, type ScoredPart } from './scores.js';
import { withTemperature } from './temperature.js';

/** An image behind a figure, with the class whose probability it is ordered by. */
export interface SelectedImage {
  readonly index: number;
  readonly subject: number;
  readonly probability: number;
}

export interface SelectedImages {
  /** The most confident first: the highest probability of what is said, the lowest of what is not; equal ones by their number. */
  readonly images: readonly SelectedImage[];
  /** Out of how many: those of the true class, of the same truth about a class, or all; of labels, probabilities. */
  readonly of: number;
  /** Probabilities that count here, calibrated for calibrated bins. */
  readonly scores: ScoredPart['scores'];
}

/** The classes (or labels) that are said of image `i`. */
export function saidOf(part: ScoredPart, i: number, at: DecidedAt): readonly number[] {
  const { outputs, values } = part.scores;
  if (at) return decideAt(at, part.task, values.subarray(i * outputs, (i + 1) * outputs));
  if (!isMultiLabel(part.task)) return [predictedClass(part, i)];
  return Array.from({ length: outputs }, (_, k) => k).filter((k) => isPredicted(part, i, k));
}

/**
 * The images that a figure counts: as many as `diagnose` says of the same part, finding and temperature.
 * @param finding what the calibration is about, see `calibrationSubject`
 * @throws UserError `selection-class` for a class that the model does not have, `selection-cell` for a cell of a multi-label task
 */
export function selectImages(
  part: ScoredPart,
  selection: ImageSelection,
  { finding, temperature }: { readonly finding: number | null; readonly temperature: number },
): SelectedImages {
  checkClasses(selection, part.scores.outputs);
  switch (selection.by) {
    case 'cell':
      return ofCell(part, selection);
    case 'outcome':
      return ofOutcome(part, selection);
    case 'bin': {
      const { task, scores } = part;
      const said = selection.calibrated ? { ...part, scores: withTemperature(task, scores, temperature) } : part;
      return ofBin(said, finding, selection.bin);
    }
    case 'wrong':
      return ofWrong(part, selection.at);
  }
}

type Of<By extends ImageSelection['by']> = Extract<ImageSelection, { readonly by: By }>;

function ofCell(part: ScoredPart, { truth, prediction, at }: Of<'cell'>): SelectedImages {
  if (isMultiLabel(part.task)) {
    throw new UserError(
      'selection-cell',
      'A model with several labels per image has no confusion matrix: choose the outcomes of one label instead.',
    );
  }
  const ofTruth = indices(part).filter((i) => part.truth.values[i] === truth);
  const inCell = ofTruth.filter((i) => saidOf(part, i, at)[0] === prediction);
  return ordered(
    part,
    inCell.map((index) => ({ index, subject: prediction, isSaid: true })),
    ofTruth.length,
  );
}

function ofOutcome(part: ScoredPart, { class: subject, outcome, at }: Of<'outcome'>): SelectedImages {
  const positive = outcome === 'true-positive' || outcome === 'false-negative';
  const isSaid = outcome === 'true-positive' || outcome === 'false-positive';
  const ofTruth = indices(part).filter((i) => isPositive(part, i, subject) === positive);
  const found = ofTruth.filter((i) => saidOf(part, i, at).includes(subject) === isSaid);
  return ordered(
    part,
    found.map((index) => ({ index, subject, isSaid })),
    ofTruth.length,
  );
}

function ofBin(part: ScoredPart, finding: number | null, bin: number): SelectedImages {
  const { image, subject, probability } = claimsOf(part, finding);
  const claims = Array.from(image, (index, n) => ({ index, subject: subject[n]!, isSaid: true }));
  const inBin = claims.filter((_, n) => binOf(probability[n]!) === bin);
  return ordered(part, inBin, claims.length);
}

function ofWrong(part: ScoredPart, at: DecidedAt): SelectedImages {
  const { count, outputs } = part.scores;
  const wrong = indices(part).flatMap((index) => {
    const said = saidOf(part, index, at);
    if (!isMultiLabel(part.task)) {
      return said[0] === part.truth.values[index] ? [] : [{ index, subject: said[0]!, isSaid: true }];
    }
    return Array.from({ length: outputs }, (_, subject) => ({ index, subject, isSaid: said.includes(subject) })).filter(
      ({ subject, isSaid }) => isPositive(part, index, subject) !== isSaid,
    );
  });
  return ordered(part, wrong, isMultiLabel(part.task) ? count * outputs : count);
}

const indices = ({ scores }: ScoredPart): number[] => Array.from({ length: scores.count }, (_, i) => i);

function ordered(
  { scores }: ScoredPart,
  found: readonly { readonly index: number; readonly subject: number; readonly isSaid: boolean }[],
  of: number,
): SelectedImages {
  const images = found.map(({ index, subject, isSaid }) => {
    const probability = scores.values[index * scores.outputs + subject]!;
    return { index, subject, probability, confidence: isSaid ? probability : 1 - probability };
  });
  images.sort((a, b) => b.confidence - a.confidence || a.index - b.index);
  return { images: images.map(({ confidence: _, ...image }) => image), of, scores };
}

function checkClasses(selection: ImageSelection, classes: number): void {
  const at = 'at' in selection && selection.at ? [selection.at.finding] : [];
  const named =
    selection.by === 'cell'
      ? [selection.truth, selection.prediction]
      : selection.by === 'outcome'
        ? [selection.class]
        : [];
  const unknown = [...named, ...at].find((k) => k >= classes);
  if (unknown === undefined) return;
  throw new UserError('selection-class', `The model has no class ${unknown}: choose a class from 0 to ${classes - 1}.`);
}
