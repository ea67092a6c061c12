import { hasKernel, runKernel } from '../fused.js';
import { tf } from '../tensorflow.js';
import { convolutionBlockInference } from './convolution-block-inference.js';
import { rectifiedGlobalAveragePool } from './global-average-pool.js';
import { encodeSteps, plainStep, takeWeights, type NetworkStep } from './network-steps.js';

/**
 * A discrete network whose batch norms are folded away. Has no gradient. The result of one image does not depend on the
 * images beside it.
 * @param x [N, H, W, C]
 * @param weights in the order of the steps: filter and bias of a block; filter of a convolution; scale, shift, kernel, bias
 * of the head
 * @returns logits [N, outputs]
 */
export function discreteNetworkInference(
  x: tf.Tensor4D,
  steps: readonly NetworkStep[],
  weights: readonly tf.Tensor[],
): tf.Tensor2D {
  if (!hasKernel('DiscreteNetworkInference')) return discreteNetworkInferenceComposition(x, steps, weights);
  const attributes = { steps: encodeSteps(steps) };
  return runKernel<[tf.Tensor2D]>('DiscreteNetworkInference', [x, ...weights], attributes)[0];
}

/** Defines `discreteNetworkInference`. */
export function discreteNetworkInferenceComposition(
  x: tf.Tensor4D,
  steps: readonly NetworkStep[],
  weights: readonly tf.Tensor[],
): tf.Tensor2D {
  return tf.tidy(() => {
    const values: tf.Tensor4D[] = [x];
    const next = takeWeights(weights);
    for (const step of steps) {
      switch (step.kind) {
        case 'block': {
          const folded = { filter: next() as tf.Tensor4D, bias: next() as tf.Tensor1D };
          const options = { stride: step.stride, relu: step.relu };
          values.push(convolutionBlockInference(values[step.input]!, folded, options));
          break;
        }
        case 'convolution':
        case 'pool':
        case 'sum':
          values.push(plainStep(step, values, next));
          break;
        case 'head': {
          const scaled = tf.mul(values[step.input]!, next());
          const pooled = rectifiedGlobalAveragePool(tf.add(scaled, next()));
          return tf.add<tf.Tensor2D>(tf.matMul(pooled, next()), next());
        }
      }
    }
    throw new RangeError('a network must end with a head');
  });
}
