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
    const { scaled, kernel, bias } = beforePooling(x, steps, weights);
    return tf.add<tf.Tensor2D>(tf.matMul(rectifiedGlobalAveragePool(scaled), kernel), bias);
  });
}

/**
 * Class activation maps (Zhou et al. 2016, arXiv 1512.04150). Exact here: the head is a mean over places and linear, so the mean of a
 * class's map plus the class's bias is its logit.
 * @returns [N, height, width, outputs] at the resolution of the last stage, a quarter of the image's
 */
export function classActivationMaps(
  x: tf.Tensor4D,
  steps: readonly NetworkStep[],
  weights: readonly tf.Tensor[],
): tf.Tensor4D {
  return tf.tidy(() => {
    const { scaled, kernel } = beforePooling(x, steps, weights);
    const [channels, outputs] = kernel.shape;
    return tf.conv2d(tf.relu(scaled), tf.reshape(kernel, [1, 1, channels, outputs]), 1, 'valid');
  });
}

/** What the head pools, before its ReLU, and the weights of its classifier. */
function beforePooling(
  x: tf.Tensor4D,
  steps: readonly NetworkStep[],
  weights: readonly tf.Tensor[],
): { readonly scaled: tf.Tensor4D; readonly kernel: tf.Tensor2D; readonly bias: tf.Tensor1D } {
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
        const scaled = tf.add<tf.Tensor4D>(tf.mul(values[step.input]!, next()), next());
        return { scaled, kernel: next() as tf.Tensor2D, bias: next() as tf.Tensor1D };
      }
    }
  }
  throw new RangeError('a network must end with a head');
}
