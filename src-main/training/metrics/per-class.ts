import { isMultiLabel } from '../../datasets/dataset.js';
import { isPositive, isPredicted, predictedClass, type ScoredPart } from './scores.js';

export interface ClassMetrics {
  /** True positives / positives (recall). */
  readonly sensitivity: number;
  /** True negatives / negatives. */
  readonly specificity: number;
  /** True positives / predicted positives. */
  readonly precision: number;
  /** Harmonic mean of precision and sensitivity. */
  readonly f1: number;
}

const ratio = (numerator: number, denominator: number): number => (denominator === 0 ? 0 : numerator / denominator);

/** Metrics of each class against the rest, or of each label. A ratio whose denominator is 0 is 0, as in scikit-learn. */
export function perClass(part: ScoredPart): readonly ClassMetrics[] {
  const { count, outputs } = part.scores;
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
    return {
      sensitivity: ratio(truePositives, truePositives + falseNegatives),
      specificity: ratio(trueNegatives, trueNegatives + falsePositives),
      precision: ratio(truePositives, truePositives + falsePositives),
      f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
    };
  });
}

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
