import { argmax } from '../../argmax.js';
import { isMultiLabel, type Labels, type Task } from '../../datasets/dataset.js';
import { UserError } from '../../errors.js';

/** What a classifier says of the images of one part. */
export interface Scores {
  readonly count: number;
  /** Outputs an image: classes, or labels of a multi-label task. */
  readonly outputs: number;
  /** Probabilities, row-major count × outputs. */
  readonly values: Float32Array | Float64Array;
}

/** Scores with what they are compared to. */
export interface ScoredPart {
  readonly task: Task;
  readonly scores: Scores;
  readonly truth: Labels;
}

/**
 * Whether image `i` truly has class (or label) `k`.
 * A single-label truth is a class number; a multi-label truth is a row of 0 and 1.
 */
export function isPositive(part: ScoredPart, i: number, k: number): boolean {
  return isMultiLabel(part.task)
    ? part.truth.values[i * part.truth.labelsPerImage + k] === 1
    : part.truth.values[i] === k;
}

/**
 * Class that the evaluator takes as the prediction of image `i`: the last score above 0.5 for binary tasks,
 * the first largest score otherwise. Not defined for multi-label tasks.
 */
export function predictedClass(part: ScoredPart, i: number): number {
  const { outputs, values } = part.scores;
  const row = i * outputs;
  if (part.task === 'binary-class') return values[row + outputs - 1]! > 0.5 ? 1 : 0;
  return argmax(values, row, outputs);
}

/** Whether the classifier says that image `i` has class (or label) `k`. */
export function isPredicted(part: ScoredPart, i: number, k: number): boolean {
  return isMultiLabel(part.task)
    ? part.scores.values[i * part.scores.outputs + k]! > 0.5
    : predictedClass(part, i) === k;
}

/** @throws UserError when scores and truth do not belong together, or a score is not a finite number. */
export function checkScores(part: ScoredPart): void {
  const { task, scores, truth } = part;
  if (scores.values.length !== scores.count * scores.outputs || scores.count !== truth.count || scores.count === 0) {
    throw new UserError(
      'scores-shape',
      `${String(scores.values.length)} scores do not fit ${String(truth.count)} images with ${String(scores.outputs)} outputs each: score the same set that the labels belong to`,
    );
  }
  const outputsWanted = isMultiLabel(task) ? truth.labelsPerImage : null;
  if (outputsWanted !== null && outputsWanted !== scores.outputs) {
    throw new UserError(
      'scores-shape',
      `${String(scores.outputs)} scores per image do not fit ${String(outputsWanted)} labels per image: score the same dataset that the labels belong to`,
    );
  }
  const bad = scores.values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new UserError(
      'scores-not-finite',
      `the score of image ${String(Math.floor(bad / scores.outputs))} is ${String(scores.values[bad])}: the model is damaged or its training diverged; train it again with a lower learning rate`,
    );
  }
}
