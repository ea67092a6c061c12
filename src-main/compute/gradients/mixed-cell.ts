import { EDGES } from '../../vocabulary/space.js';
import { hasKernel, runKernel } from '../fused.js';
import type { tf } from '../tensorflow.js';
import { ready } from './ready.js';

/** Inputs with the filters of the branches, in the order of the kernel's outputs. */
const BRANCHES = ['one', 'seven', 'five', 'three'] as const;

function gradient(names: readonly string[], biases: readonly string[]): tf.GradConfig['gradFunc'] {
  return (dy, saved, attributes) => {
    const given = Object.fromEntries(names.map((name, i) => [name, saved[i]!]));
    const inputs = { dy: dy as tf.Tensor, y: saved[names.length]!, ...given };
    const results = runKernel('MixedCellGradient', inputs, attributes);
    const probabilities = ['operations', ...(given['kernels'] ? ['kernels'] : [])];
    const branches = BRANCHES.filter((branch) => given[branch]);
    // A step of the weights does not ask for them; a backend may give products in their place, of which they are made when asked for.
    const apart = hasKernel('MixedCellProbabilityGradient');
    const order = ['x', ...(apart ? ['products'] : probabilities), ...branches];
    const channels = inputs.y.shape[3]!;
    // A bias in front of a batch norm with batch statistics moves values and mean alike: its gradient is exactly zero.
    const shape = [EDGES.length, channels];
    const zero = biases.map((name) => [name, (): tf.Tensor => runKernel('Zeros', {}, { shape })[0]!]);
    const { products, ...found } = Object.fromEntries(order.map((name, i) => [name, results[i]!]));
    // TensorFlow.js tidies up after each gradient, so that one run cannot serve two of them.
    const fromProducts = (i: number) => (): tf.Tensor => {
      const { operations, kernels } = given;
      return runKernel('MixedCellProbabilityGradient', { products, operations, kernels })[i]!;
    };
    return {
      ...ready(found),
      ...(apart && Object.fromEntries(probabilities.map((name, i) => [name, fromProducts(i)]))),
      ...(Object.fromEntries(zero) as Record<string, () => tf.Tensor>),
    };
  };
}

// The native kernel keeps what it needs of x, and does not ask for it.
const PLAIN = ['x', 'one', 'seven', 'operations'];
const GROWN = [...PLAIN, 'five', 'three', 'kernels'];

export const mixedCellGradients: tf.GradConfig[] = [
  {
    kernelName: 'MedForgeMixedCell',
    inputsToSave: PLAIN,
    outputsToSave: [true],
    gradFunc: gradient(PLAIN, ['oneBias', 'sevenBias']),
  },
  {
    kernelName: 'MedForgeMixedCellGrown',
    inputsToSave: GROWN,
    outputsToSave: [true],
    gradFunc: gradient(GROWN, ['oneBias', 'sevenBias', 'fiveBias', 'threeBias']),
  },
];
