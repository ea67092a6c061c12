import { hasKernel, runKernel } from '../fused.js';
import { tf } from '../tensorflow.js';
import { batchNormComposition, type BatchNormOutputs, type BatchNormResult } from './batch-norm.js';

export interface ConvolutionBlockWeights {
  /** [k, k, input channels, output channels], k odd. */
  readonly filter: tf.Tensor4D;
  /** [output channels]; the convolution has none when absent. */
  readonly bias?: tf.Tensor1D;
  /** Scale and shift of the batch norm, [output channels] each; plain BN when absent. */
  readonly scale?: tf.Tensor1D;
  readonly shift?: tf.Tensor1D;
}

export interface ConvolutionBlockOptions {
  /** Default 1. Padding is k >> 1 on each side, so stride 2 halves an even size. */
  readonly stride?: 1 | 2;
  /** ReLU before the convolution. Default true. */
  readonly relu?: boolean;
}

/** ReLU → convolution → batch norm with the statistics of the batch. @param x [N, H, W, C] */
export function convolutionBlock(
  x: tf.Tensor4D,
  weights: ConvolutionBlockWeights,
  options: ConvolutionBlockOptions = {},
): BatchNormResult {
  const { filter, bias, scale, shift } = weights;
  if (!hasKernel('ConvolutionBlock') || Boolean(scale) !== Boolean(shift)) {
    return convolutionBlockComposition(x, weights, options);
  }
  const kernel = scale ? 'ConvolutionBlockScaled' : 'ConvolutionBlock';
  const attributes = { stride: options.stride ?? 1, relu: options.relu ?? true };
  const [output, mean, variance] = runKernel<BatchNormOutputs>(kernel, { x, filter, bias, scale, shift }, attributes);
  return { output, mean, variance };
}

/** Defines `convolutionBlock`. */
export function convolutionBlockComposition(
  x: tf.Tensor4D,
  weights: ConvolutionBlockWeights,
  options: ConvolutionBlockOptions = {},
): BatchNormResult {
  const input = options.relu === false ? x : tf.relu(x);
  const convolved = tf.conv2d(input, weights.filter, options.stride ?? 1, weights.filter.shape[0] >> 1);
  return batchNormComposition(weights.bias ? tf.add(convolved, weights.bias) : convolved, weights.scale, weights.shift);
}
