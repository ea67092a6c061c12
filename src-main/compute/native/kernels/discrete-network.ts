import type { tf } from '../../tensorflow.js';
import { type Attributes, type Inputs, type Kernel, shapeOf } from './common.js';

const stepsOf = (attributes: Attributes): Int32Array => Int32Array.from(attributes['steps'] as number[]);
const classesOf = (steps: Int32Array): number => steps[steps.length - 1]!;
const listOf = (inputs: Inputs): tf.TensorInfo[] => Object.values(inputs) as tf.TensorInfo[];

/** Inputs: the images, then the weights. */
const forward: Kernel = (backend, inputs, attributes) => {
  const [x, ...weights] = listOf(inputs) as [tf.TensorInfo, ...tf.TensorInfo[]];
  const steps = stepsOf(attributes);
  const shape = shapeOf(x);
  const sizes = backend.binding.networkSizes(steps, shape);
  const workspace = backend.pool.take(sizes.workspace);
  const logits = backend.output([x.shape[0]!, classesOf(steps)]);
  const means = backend.output([sizes.statistics]);
  const variances = backend.output([sizes.statistics]);
  backend.binding.networkForward(
    steps,
    shape,
    backend.floats(x),
    weights.map((weight) => backend.floats(weight)),
    workspace,
    logits.values,
    means.values,
    variances.values,
  );
  backend.keep(logits.info, [workspace]);
  return [logits.info, means.info, variances.info];
};

/** Inputs: gradient of the logits, the logits, the images, the weights. Outputs: gradients of the weights. */
const backward: Kernel = (backend, inputs, attributes) => {
  const [dLogits, logits, x, ...weights] = listOf(inputs) as [
    tf.TensorInfo,
    tf.TensorInfo,
    tf.TensorInfo,
    ...tf.TensorInfo[],
  ];
  const [workspace] = backend.spend(logits, 'a network');
  const gradients = weights.map((weight) => backend.output(weight.shape));
  backend.binding.networkBackward(
    stepsOf(attributes),
    shapeOf(x),
    backend.floats(dLogits),
    weights.map((weight) => backend.floats(weight)),
    workspace!,
    gradients.map(({ values }) => values),
  );
  return gradients.map(({ info }) => info);
};

const inference: Kernel = (backend, inputs, attributes) => {
  const [x, ...weights] = listOf(inputs) as [tf.TensorInfo, ...tf.TensorInfo[]];
  const steps = stepsOf(attributes);
  const logits = backend.output([x.shape[0]!, classesOf(steps)]);
  const values = weights.map((weight) => backend.floats(weight));
  backend.binding.networkInference(steps, shapeOf(x), backend.floats(x), values, logits.values);
  return logits.info;
};

export const discreteNetworkKernels: Record<string, Kernel> = {
  MedForgeDiscreteNetwork: forward,
  MedForgeDiscreteNetworkGradient: backward,
  MedForgeDiscreteNetworkInference: inference,
};
