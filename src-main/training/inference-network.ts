import { averagePool3x3 } from '../compute/operations/average-pool.js';
import { rectifiedGlobalAveragePool } from '../compute/operations/global-average-pool.js';
import { convolutionBlockInference } from '../compute/operations/convolution-block-inference.js';
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
    return tf.tidy(() => {
      const values: tf.Tensor4D[] = [x];
      let logits: tf.Tensor2D | null = null;
      for (const step of this.plan.steps) {
        switch (step.kind) {
          case 'block':
            values[step.output] = convolutionBlockInference(
              values[step.input]!,
              { filter: this.filter(`${step.name}.filter`), bias: this.vector(`${step.name}.bias`) },
              { stride: step.stride, relu: step.relu },
            );
            break;
          case 'convolution':
            values[step.output] = tf.conv2d(values[step.input]!, this.filter(`${step.name}.filter`), 1, 0);
            break;
          case 'pool':
            values[step.output] =
              step.pool === 'same'
                ? averagePool3x3(values[step.input]!)
                : tf.avgPool(values[step.input]!, 2, 2, 'valid');
            break;
          case 'sum':
            values[step.output] = tf.addN<tf.Tensor4D>(step.inputs.map((input) => values[input]!));
            break;
          case 'head': {
            const scaled = tf.mul(values[step.input]!, this.vector('last.scale'));
            const last: tf.Tensor4D = tf.add(scaled, this.vector('last.shift'));
            const pooled = rectifiedGlobalAveragePool(last);
            logits = tf.add(tf.matMul(pooled, this.matrix('classifier.kernel')), this.vector('classifier.bias'));
          }
        }
      }
      return logits!;
    });
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
  }

  private vector(name: string): tf.Tensor1D {
    return this.tensors.get(name) as tf.Tensor1D;
  }

  private matrix(name: string): tf.Tensor2D {
    return this.tensors.get(name) as tf.Tensor2D;
  }

  private filter(name: string): tf.Tensor4D {
    return this.tensors.get(name) as tf.Tensor4D;
  }
}

/** Probabilities of a task: softmax over the classes, or one sigmoid a label. @param logits [N, outputs] */
export function probabilities(logits: tf.Tensor2D, task: Task): tf.Tensor2D {
  return isMultiLabel(task) ? tf.sigmoid(logits) : tf.softmax(logits);
}
