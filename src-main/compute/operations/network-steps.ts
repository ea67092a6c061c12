import { tf } from '../tensorflow.js';
import { averagePool3x3 } from './average-pool.js';

/** One step of a discrete network. `input` and `inputs` name values: 0 is the images, step i makes value i + 1. */
export type NetworkStep =
  /** ReLU (unless `relu` is false) → k×k convolution → batch norm with scale and shift. */
  | {
      readonly kind: 'block';
      readonly input: number;
      readonly kernel: number;
      readonly stride: 1 | 2;
      readonly relu: boolean;
      readonly from: number;
      readonly to: number;
    }
  /** 1×1 convolution. */
  | { readonly kind: 'convolution'; readonly input: number; readonly from: number; readonly to: number }
  /** `same`: 3×3, stride 1, padding not counted. `half`: 2×2, stride 2. */
  | { readonly kind: 'pool'; readonly input: number; readonly pool: 'same' | 'half' }
  | { readonly kind: 'sum'; readonly inputs: readonly number[] }
  /** Batch norm with scale and shift → ReLU → mean over the image → linear. */
  | { readonly kind: 'head'; readonly input: number; readonly from: number; readonly to: number };

/** The steps as numbers, which `cc/network-plan.cc` and `decodeSteps` read. */
export function encodeSteps(steps: readonly NetworkStep[]): number[] {
  return steps.flatMap((step) => {
    switch (step.kind) {
      case 'block':
        return [0, step.input, step.kernel, step.stride, Number(step.relu), step.from, step.to];
      case 'convolution':
        return [1, step.input, step.from, step.to];
      case 'pool':
        return [step.pool === 'same' ? 2 : 3, step.input];
      case 'sum':
        return [4, step.inputs.length, ...step.inputs];
      case 'head':
        return [5, step.input, step.from, step.to];
    }
  });
}

/** The steps that `encodeSteps` made these numbers of. @throws RangeError when it made them of none */
export function decodeSteps(numbers: readonly number[]): NetworkStep[] {
  const steps: NetworkStep[] = [];
  let at = 0;
  const next = (): number => {
    const number = numbers[at++];
    if (number === undefined) throw new RangeError('the last step is cut off');
    return number;
  };
  while (at < numbers.length) {
    const kind = next();
    switch (kind) {
      case 0:
        steps.push({
          kind: 'block',
          input: next(),
          kernel: next(),
          stride: next() as 1 | 2,
          relu: next() === 1,
          from: next(),
          to: next(),
        });
        break;
      case 1:
        steps.push({ kind: 'convolution', input: next(), from: next(), to: next() });
        break;
      case 2:
      case 3:
        steps.push({ kind: 'pool', pool: kind === 2 ? 'same' : 'half', input: next() });
        break;
      case 4:
        steps.push({ kind: 'sum', inputs: Array.from({ length: next() }, next) });
        break;
      case 5:
        steps.push({ kind: 'head', input: next(), from: next(), to: next() });
        break;
      default:
        throw new RangeError(`a step has the kind ${String(kind)}`);
    }
  }
  return steps;
}

/** Hands out the weights one after the other. */
export function takeWeights(weights: readonly tf.Tensor[]): () => tf.Tensor {
  let taken = 0;
  return () => {
    const weight = weights[taken++];
    if (!weight) throw new RangeError(`a network of these steps has more than ${String(weights.length)} weights`);
    return weight;
  };
}

/**
 * What a step makes that is the same with the statistics of a batch and with those of a training.
 * @param next gives the weights in their order
 */
export function plainStep(
  step: Extract<NetworkStep, { readonly kind: 'convolution' | 'pool' | 'sum' }>,
  values: readonly tf.Tensor4D[],
  next: () => tf.Tensor,
): tf.Tensor4D {
  switch (step.kind) {
    case 'convolution':
      return tf.conv2d(values[step.input]!, next() as tf.Tensor4D, 1, 0);
    case 'pool': {
      const input = values[step.input]!;
      return step.pool === 'same' ? averagePool3x3(input) : tf.avgPool(input, 2, 2, 'valid');
    }
    case 'sum':
      return tf.addN(step.inputs.map((input) => values[input]!));
  }
}
