import { hasKernel, runKernel } from '../fused.js';
import { tf } from '../tensorflow.js';

/** Σ weights[i] · tensors[i]. @param tensors equal shapes @param weights [tensors.length] */
export function weightedSum(tensors: readonly tf.Tensor4D[], weights: tf.Tensor1D): tf.Tensor4D {
  if (!hasKernel('WeightedSum')) return weightedSumComposition(tensors, weights);
  return runKernel<[tf.Tensor4D]>('WeightedSum', [weights, ...tensors])[0];
}

/** Defines `weightedSum`. */
export function weightedSumComposition(tensors: readonly tf.Tensor4D[], weights: tf.Tensor1D): tf.Tensor4D {
  return tensors
    .map((t, i) => tf.mul<tf.Tensor4D>(tf.reshape(tf.slice(weights, i, 1), []), t))
    .reduce((sum, term) => tf.add(sum, term));
}
