import { hasKernel, runKernel } from '../fused.js';
import { tf } from '../tensorflow.js';

/** ReLU, then the mean over height and width. @param x [N, H, W, C]  @returns [N, C] */
export function rectifiedGlobalAveragePool(x: tf.Tensor4D): tf.Tensor2D {
  if (!hasKernel('GlobalAveragePool')) return rectifiedGlobalAveragePoolComposition(x);
  return runKernel<[tf.Tensor2D]>('GlobalAveragePool', { x })[0];
}

/** Defines `rectifiedGlobalAveragePool`. */
export function rectifiedGlobalAveragePoolComposition(x: tf.Tensor4D): tf.Tensor2D {
  return tf.mean(tf.relu(x), [1, 2]);
}
