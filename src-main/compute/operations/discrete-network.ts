import { hasKernel, runKernel } from '../fused.js';
import { tf } from '../tensorflow.js';
import { batchNorm } from './batch-norm.js';
import { convolutionBlock } from './convolution-block.js';
import { rectifiedGlobalAveragePool } from './global-average-pool.js';
import { encodeSteps, plainStep, takeWeights, type NetworkStep } from './network-steps.js';

export interface DiscreteNetworkResult {
  /** [N, outputs] */
  readonly logits: tf.Tensor2D;
  /** Batch mean and biased variance of every batch norm, joined in the order of the steps, [total channels]. */
  readonly means: tf.Tensor1D;
  readonly variances: tf.Tensor1D;
}

/**
 * A network without branches to choose from, with the statistics of the batch: value 0 is the images, step i makes value
 * i + 1, the last step is the head. Has gradients by the weights alone, and through the logits alone.
 * @param x [N, H, W, C]
 * @param weights in the order of the steps: filter, scale, shift of a block; filter of a convolution; scale, shift, kernel,
 * bias of the head
 */
export function discreteNetwork(
  x: tf.Tensor4D,
  steps: readonly NetworkStep[],
  weights: readonly tf.Tensor[],
): DiscreteNetworkResult {
  if (!hasKernel('DiscreteNetwork')) return discreteNetworkComposition(x, steps, weights);
  const outputs = runKernel<[tf.Tensor2D, tf.Tensor1D, tf.Tensor1D]>('DiscreteNetwork', [x, ...weights], {
    steps: encodeSteps(steps),
  });
  return { logits: outputs[0], means: outputs[1], variances: outputs[2] };
}

/** Defines `discreteNetwork`. */
export function discreteNetworkComposition(
  x: tf.Tensor4D,
  steps: readonly NetworkStep[],
  weights: readonly tf.Tensor[],
): DiscreteNetworkResult {
  const values: tf.Tensor4D[] = [x];
  const means: tf.Tensor1D[] = [];
  const variances: tf.Tensor1D[] = [];
  const next = takeWeights(weights);
  for (const step of steps) {
    switch (step.kind) {
      case 'block': {
        const block = { filter: next() as tf.Tensor4D, scale: next() as tf.Tensor1D, shift: next() as tf.Tensor1D };
        const result = convolutionBlock(values[step.input]!, block, { stride: step.stride, relu: step.relu });
        values.push(result.output);
        means.push(result.mean);
        variances.push(result.variance);
        break;
      }
      case 'convolution':
      case 'pool':
      case 'sum':
        values.push(plainStep(step, values, next));
        break;
      case 'head': {
        const last = batchNorm(values[step.input]!, next() as tf.Tensor1D, next() as tf.Tensor1D);
        means.push(last.mean);
        variances.push(last.variance);
        const pooled = rectifiedGlobalAveragePool(last.output);
        const logits = tf.add<tf.Tensor2D>(tf.matMul(pooled, next()), next());
        return { logits, means: tf.concat(means), variances: tf.concat(variances) };
      }
    }
  }
  throw new RangeError('a network must end with a head');
}
