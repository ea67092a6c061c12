import { sigmoidCrossEntropy, softmaxCrossEntropy } from '../compute/operations/losses.js';
import { tf } from '../compute/tensorflow.js';
import type { Task } from '../datasets/dataset.js';
import { isMultiLabel } from './metrics/scores.js';

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
