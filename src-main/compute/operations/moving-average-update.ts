import { hasKernel, runKernel } from '../fused.js';
import { tf } from '../tensorflow.js';
import { makeWritable } from './in-place.js';

/** average ← decay·average + (1 − decay)·value for each pair, in place. @param decay from 0 to 1 */
export function movingAverageUpdate(
  averages: readonly tf.Variable[],
  values: readonly tf.Tensor[],
  decay: number,
): void {
  if (!hasKernel('MovingAverageUpdate')) {
    movingAverageUpdateComposition(averages, values, decay);
    return;
  }
  makeWritable(averages);
  const inputs: Record<string, tf.Tensor> = {};
  averages.forEach((average, i) => {
    inputs[`a${String(i)}`] = average;
    inputs[`v${String(i)}`] = values[i]!;
  });
  runKernel('MovingAverageUpdate', inputs, { count: averages.length, decay });
}

/** Defines `movingAverageUpdate`. */
export function movingAverageUpdateComposition(
  averages: readonly tf.Variable[],
  values: readonly tf.Tensor[],
  decay: number,
): void {
  tf.tidy(() => {
    averages.forEach((average, i) => {
      average.assign(tf.add(tf.mul(average, decay), tf.mul(values[i]!, 1 - decay)));
    });
  });
}
