import { hasKernel, runKernel } from '../fused.js';
import { tf } from '../tensorflow.js';

/** ε of every batch norm in the project, as in PyTorch. */
export const BATCH_NORM_EPSILON = 1e-5;

export interface BatchNormResult {
  readonly output: tf.Tensor4D;
  /** Mean of each channel over the batch, [C]. */
  readonly mean: tf.Tensor1D;
  /** Biased variance of each channel over the batch, [C]. */
  readonly variance: tf.Tensor1D;
}

/** What the fused kernels return. */
export type BatchNormOutputs = [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];

/**
 * Batch normalisation with the statistics of the batch: (x − mean) / √(variance + ε) · scale + shift.
 * @param x [N, H, W, C]
 * @param scale [C], default 1  @param shift [C], default 0
 * Gradients flow through `output` only where a fused kernel computes it; mean and variance are for running statistics.
 */
export function batchNorm(x: tf.Tensor4D, scale?: tf.Tensor1D, shift?: tf.Tensor1D): BatchNormResult {
  // The kernel has both or neither.
  if (!hasKernel('BatchStatisticsNorm') || Boolean(scale) !== Boolean(shift)) {
    return batchNormComposition(x, scale, shift);
  }
  const kernel = scale ? 'BatchStatisticsNormScaled' : 'BatchStatisticsNorm';
  const [output, mean, variance] = runKernel<BatchNormOutputs>(kernel, { x, scale, shift });
  return { output, mean, variance };
}

/** Defines `batchNorm`. */
export function batchNormComposition(x: tf.Tensor4D, scale?: tf.Tensor1D, shift?: tf.Tensor1D): BatchNormResult {
  const mean = tf.mean<tf.Tensor1D>(x, [0, 1, 2]);
  const centred = tf.sub(x, mean);
  const variance = tf.mean<tf.Tensor1D>(tf.square(centred), [0, 1, 2]);
  let output = tf.mul<tf.Tensor4D>(centred, tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON)));
  if (scale) output = tf.mul(output, scale);
  if (shift) output = tf.add(output, shift);
  return { output, mean, variance };
}
