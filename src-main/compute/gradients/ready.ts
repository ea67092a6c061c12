import type { tf } from '../tensorflow.js';

/** The gradients that a gradient function has ready, as TensorFlow.js wants them. */
export function ready(gradients: { readonly [input: string]: tf.Tensor }): { [input: string]: () => tf.Tensor } {
  return Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, () => gradient]));
}
