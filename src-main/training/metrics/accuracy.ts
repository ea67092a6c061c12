import { isMultiLabel } from '../../datasets/dataset.js';
import { isPositive, isPredicted, predictedClass, type ScoredPart } from './scores.js';

/**
 * Share of right answers on each image: 0 or 1, or the share of right labels for multi-label tasks.
 * Their mean is the accuracy.
 */
export function rightAnswers(part: ScoredPart): Float64Array {
  const { count, outputs } = part.scores;
  return Float64Array.from({ length: count }, (_, i) => {
    if (!isMultiLabel(part.task)) return predictedClass(part, i) === part.truth.values[i] ? 1 : 0;
    let right = 0;
    for (let k = 0; k < outputs; k++) if (isPredicted(part, i, k) === isPositive(part, i, k)) right++;
    return right / outputs;
  });
}

/**
 * Accuracy as the MedMNIST evaluator defines it: last score > 0.5 for a binary task, argmax for multi-class and ordinal
 * tasks, the mean over labels of score > 0.5 for multi-label tasks.
 */
export function accuracy(part: ScoredPart): number {
  const right = rightAnswers(part);
  return right.reduce((sum, value) => sum + value, 0) / right.length;
}
