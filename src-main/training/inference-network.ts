import { classActivationMaps, discreteNetworkInference } from '../compute/operations/discrete-network-inference.js';
import { tf } from '../compute/tensorflow.js';
import { isMultiLabel, type Task } from '../datasets/dataset.js';
import { foldNetwork, type WeightArrays } from './folding.js';
import type { NetworkPlan } from '../space/network-plan.js';

/** A trained network that classifies: fixed weights, running statistics, so no image depends on its batch mates. */
export class InferenceNetwork {
  private readonly tensors = new Map<string, tf.Tensor>();

  constructor(
    readonly plan: NetworkPlan,
    weights: WeightArrays,
  ) {
    const folded = foldNetwork(plan, weights);
    for (const step of plan.steps) {
      if (step.kind === 'block' || step.kind === 'convolution') {
        const kernel = step.kind === 'block' ? step.kernel : 1;
        const shape = [kernel, kernel, step.from, step.to];
        this.tensors.set(`${step.name}.filter`, tf.tensor(folded.filters[step.name]!, shape));
      }
      if (step.kind === 'block') this.tensors.set(`${step.name}.bias`, tf.tensor1d(folded.biases[step.name]!));
      if (step.kind === 'head') {
        this.tensors.set('last.scale', tf.tensor1d(folded.last.scale));
        this.tensors.set('last.shift', tf.tensor1d(folded.last.shift));
        this.tensors.set('classifier.kernel', tf.tensor2d(folded.classifier.kernel, [step.from, step.to]));
        this.tensors.set('classifier.bias', tf.tensor1d(folded.classifier.bias));
      }
    }
  }

  /** @param x [N, size, size, channels], normalised  @returns logits [N, outputs] */
  forward(x: tf.Tensor4D): tf.Tensor2D {
    return discreteNetworkInference(x, this.plan.steps, [...this.tensors.values()]);
  }

  /** Class activation maps of the logits. @returns [N, height, width, outputs], a quarter of the images' size */
  activationMaps(x: tf.Tensor4D): tf.Tensor4D {
    return classActivationMaps(x, this.plan.steps, [...this.tensors.values()]);
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
  }
}

/** Probabilities of a task: softmax over the classes, or one sigmoid a label. @param logits [N, outputs] */
export function probabilities(logits: tf.Tensor2D, task: Task): tf.Tensor2D {
  return isMultiLabel(task) ? tf.sigmoid(logits) : tf.softmax(logits);
}
