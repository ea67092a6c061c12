import { hasKernel, runKernel } from '../fused.js';
import { tf } from '../tensorflow.js';
import type { ConvolutionBlockOptions } from './convolution-block.js';

/** A convolution block whose batch norm is folded into filter and bias. */
export interface FoldedConvolution {
  /** [k, k, input channels, output channels], k odd. */
  readonly filter: tf.Tensor4D;
  /** [output channels] */
  readonly bias: tf.Tensor1D;
}

/**
 * ReLU → convolution → + bias: a convolution block at inference. Has no gradient. The result of one image does not
 * depend on the images beside it.
 * @param x [N, H, W, C]
 */
export function convolutionBlockInference(
  x: tf.Tensor4D,
  folded: FoldedConvolution,
  options: ConvolutionBlockOptions = {},
): tf.Tensor4D {
  if (!hasKernel('ConvolutionBlockInference')) return convolutionBlockInferenceComposition(x, folded, options);
  const attributes = { stride: options.stride ?? 1, relu: options.relu ?? true };
  return runKernel<[tf.Tensor4D]>('ConvolutionBlockInference', { x, ...folded }, attributes)[0];
}

/** Defines `convolutionBlockInference`. */
export function convolutionBlockInferenceComposition(
  x: tf.Tensor4D,
  folded: FoldedConvolution,
  options: ConvolutionBlockOptions = {},
): tf.Tensor4D {
  const input = options.relu === false ? x : tf.relu(x);
  const convolved = tf.conv2d(input, folded.filter, options.stride ?? 1, folded.filter.shape[0] >> 1);
  return tf.add(convolved, folded.bias);
}
