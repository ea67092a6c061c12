import { tf } from './tensorflow.js';

/** Kernels of our own that a backend may have; each is defined by the composition beside the operation that uses it. */
export type FusedKernel =
  | 'MixedCell'
  | 'MixedCellProbabilityGradient'
  | 'DiscreteNetwork'
  | 'DiscreteNetworkInference'
  | 'ConvolutionBlock'
  | 'ConvolutionBlockInference'
  | 'BatchStatisticsNorm'
  | 'WeightedSum'
  | 'AveragePool3x3'
  | 'GlobalAveragePool'
  | 'SoftmaxCrossEntropy'
  | 'SigmoidCrossEntropy'
  | 'SgdUpdate'
  | 'MovingAverageUpdate'
  | 'Copy';

/** Does the active backend have this kernel? */
export function hasKernel(name: FusedKernel): boolean {
  return (tf.getKernel(`MedForge${name}`, tf.getBackend()) as tf.KernelConfig | undefined) !== undefined;
}

/** Inputs that are left out are null or undefined. `Outputs` names the shapes that the kernel is known to return. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows, TensorFlow.js does not
export function runKernel<Outputs extends readonly tf.Tensor[] = tf.Tensor[]>(
  name: string,
  inputs: { readonly [name: string]: tf.Tensor | null | undefined } | readonly tf.Tensor[],
  attributes: tf.NamedAttrMap = {},
): Outputs {
  const given = Array.isArray(inputs)
    ? (inputs as unknown as tf.NamedTensorMap)
    : (Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor)) as tf.NamedTensorMap);
  const outputs: unknown = tf.engine().runKernel(`MedForge${name}`, given, attributes);
  return (Array.isArray(outputs) ? outputs : [outputs]) as unknown as Outputs;
}
