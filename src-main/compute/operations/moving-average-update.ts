import { tf } from '../tensorflow.js';

/** average ← decay·average + (1 − decay)·value for each pair, in place. @param decay from 0 to 1 */
export function movingAverageUpdate(
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
