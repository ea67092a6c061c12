import { argmax } from '../argmax.js';
import { sigmoidCrossEntropy, softmaxCrossEntropy } from '../compute/operations/losses.js';
import { tf } from '../compute/tensorflow.js';
import { isMultiLabel, type Task } from '../datasets/dataset.js';

/**
 * Soft targets of a batch, row-major N × outputs: one class a row for single-label tasks, 0 and 1 a label otherwise.
 * Label smoothing ε: t·(1−ε) + ε/outputs, or t·(1−ε) + ε/2 a label.
 */
export function softTargets(
  task: Task,
  labels: Uint8Array | Int32Array,
  outputs: number,
  smoothing: number,
): Float32Array {
  if (isMultiLabel(task)) return Float32Array.from(labels, (label) => label * (1 - smoothing) + smoothing / 2);
  const targets = new Float32Array(labels.length * outputs).fill(smoothing / outputs);
  labels.forEach((label, i) => (targets[i * outputs + label]! += 1 - smoothing));
  return targets;
}

/**
 * Loss of a task: softmax cross-entropy, or the mean sigmoid cross-entropy over the labels.
 * @param weights null, or `classWeights`: single-label rows count Σ target·weight times, positives of a label `weight` times
 */
export function taskLoss(
  task: Task,
  logits: tf.Tensor2D,
  targets: tf.Tensor2D,
  weights: tf.Tensor1D | null,
): tf.Scalar {
  if (!isMultiLabel(task)) {
    if (!weights) return softmaxCrossEntropy(logits, targets);
    const rows = tf.sum(tf.mul(targets, weights), 1);
    const losses = tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1));
    return tf.mean(tf.mul(rows, losses));
  }
  if (!weights) return sigmoidCrossEntropy(logits, targets);
  // weight·t·softplus(−z) + (1−t)·softplus(z)
  const positive = tf.mul(tf.mul(targets, weights), tf.softplus(tf.neg(logits)));
  return tf.mean(tf.add(positive, tf.mul(tf.sub(1, targets), tf.softplus(logits))));
}

/** Right answers among those of a batch: images, or labels of a multi-label task. */
export interface Answers {
  readonly correct: number;
  readonly answers: number;
}

/**
 * Images whose largest logit stands where the largest target stands; for several labels, labels on the right side of 0.
 * @param logits row-major N × outputs  @param targets the same
 */
export function countCorrect(task: Task, logits: Float32Array, targets: Float32Array, outputs: number): Answers {
  let correct = 0;
  if (isMultiLabel(task)) {
    logits.forEach((logit, i) => (correct += Number(logit > 0 === targets[i]! > 0.5)));
    return { correct, answers: logits.length };
  }
  for (let row = 0; row < logits.length; row += outputs) {
    correct += Number(argmax(logits, row, outputs) === argmax(targets, row, outputs));
  }
  return { correct, answers: logits.length / outputs };
}
