import { isMultiLabel } from '../../datasets/dataset.js';
import type { Interval } from './interval.js';
import { isPositive, isPredicted, predictedClass, type ScoredPart } from './scores.js';
import { shareInterval, unitsOf } from './units.js';

export interface ClassMetrics {
  /** Images with this class, or label. */
  readonly images: number;
  /** True positives / positives (recall). */
  readonly sensitivity: number;
  /** True negatives / negatives. */
  readonly specificity: number;
  /** Exact, 95 %; null where there is no such image. */
  readonly sensitivityInterval: Interval | null;
  readonly specificityInterval: Interval | null;
  /** True positives / predicted positives. */
  readonly precision: number;
  /** Harmonic mean of precision and sensitivity. */
  readonly f1: number;
}

/** Metrics of each class against the rest, or of each label. What has no image to be measured on is NaN: not defined. */
export function perClass(part: ScoredPart): readonly ClassMetrics[] {
  const { count, outputs } = part.scores;
  const units = unitsOf(part.truth);
  return Array.from({ length: outputs }, (_, k) => {
    let truePositives = 0;
    let falsePositives = 0;
    let falseNegatives = 0;
    for (let i = 0; i < count; i++) {
      const truth = isPositive(part, i, k);
      const predicted = isPredicted(part, i, k);
      if (truth && predicted) truePositives++;
      else if (predicted) falsePositives++;
      else if (truth) falseNegatives++;
    }
    const trueNegatives = count - truePositives - falsePositives - falseNegatives;
    const isThere = (i: number): boolean => isPositive(part, i, k);
    const isSaid = (i: number): boolean => isPredicted(part, i, k);
    const positives = truePositives + falseNegatives;
    const negatives = trueNegatives + falsePositives;
    return {
      images: positives,
      sensitivity: truePositives / positives,
      specificity: trueNegatives / negatives,
      sensitivityInterval: positives === 0 ? null : shareInterval(units, isThere, isSaid),
      specificityInterval: negatives === 0 ? null : shareInterval(units, not(isThere), not(isSaid)),
      precision: truePositives / (truePositives + falsePositives),
      f1: positives === 0 ? NaN : (2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives),
    };
  });
}

const not =
  (holds: (image: number) => boolean) =>
  (image: number): boolean =>
    !holds(image);

/** Counts of images, rows: truth, columns: prediction. Null for multi-label tasks. */
export function confusionMatrix(part: ScoredPart): readonly (readonly number[])[] | null {
  if (isMultiLabel(part.task)) return null;
  const { count, outputs } = part.scores;
  const matrix = Array.from({ length: outputs }, () => new Array<number>(outputs).fill(0));
  for (let i = 0; i < count; i++) {
    const row = matrix[part.truth.values[i]!];
    if (row) row[predictedClass(part, i)]!++;
  }
  return matrix;
}
