import { hasKernel, runKernel } from '../fused.js';
import { tf } from '../tensorflow.js';

/**
 * 3×3 average pool, stride 1, padding not counted: a corner is the mean of four pixels.
 *
 * Written as a pool over zeros around the image, corrected by 9 / pixels inside, because the gradient of TensorFlow.js's
 * own `avgPool(x, 3, 1, 'same')` divides by nine everywhere, at the border too.
 * @param x [N, H, W, C]
 */
export function averagePool3x3(x: tf.Tensor4D): tf.Tensor4D {
  if (!hasKernel('AveragePool3x3')) return averagePool3x3Composition(x);
  return runKernel<[tf.Tensor4D]>('AveragePool3x3', { x })[0];
}

/** Defines `averagePool3x3`. */
export function averagePool3x3Composition(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape;
  const inside = (size: number): number[] =>
    Array.from({ length: size }, (_, i) => 3 - Number(i === 0) - Number(i === size - 1));
  const correction = inside(height).flatMap((rows) => inside(width).map((columns) => 9 / (rows * columns)));
  const padded = tf.pad(x, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  return tf.mul(tf.avgPool(padded, 3, 1, 'valid'), tf.tensor(correction, [height, width, 1]));
}
