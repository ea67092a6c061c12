import { hasKernel, runKernel } from '../fused.js';
import { tf } from '../tensorflow.js';
import { makeWritable } from './in-place.js';

export interface SgdOptions {
  readonly learningRate: number;
  /** Nesterov momentum. */
  readonly momentum: number;
  /** L2 weight decay, added to the clipped gradient. */
  readonly weightDecay: number;
  /** Global gradient norm is clipped to this; null = no clipping. */
  readonly clipNorm: number | null;
}

/**
 * One step of SGD with Nesterov momentum as torch.optim.SGD has it, after clipping the global norm.
 * Parameters and momenta change in place; a null gradient counts as zeros.
 */
export function sgdUpdate(
  parameters: readonly tf.Variable[],
  momenta: readonly tf.Variable[],
  gradients: readonly (tf.Tensor | null)[],
  options: SgdOptions,
): void {
  if (!hasKernel('SgdUpdate')) {
    sgdUpdateComposition(parameters, momenta, gradients, options);
    return;
  }
  makeWritable([...parameters, ...momenta]);
  const inputs: Record<string, tf.Tensor | null> = {};
  parameters.forEach((parameter, i) => {
    inputs[`p${String(i)}`] = parameter;
    inputs[`m${String(i)}`] = momenta[i]!;
    inputs[`g${String(i)}`] = gradients[i] ?? null;
  });
  const { learningRate, momentum, weightDecay, clipNorm } = options;
  runKernel('SgdUpdate', inputs, {
    count: parameters.length,
    learningRate,
    momentum,
    weightDecay,
    clipNorm: clipNorm ?? 0,
  });
}

/** Defines `sgdUpdate`. */
export function sgdUpdateComposition(
  parameters: readonly tf.Variable[],
  momenta: readonly tf.Variable[],
  gradients: readonly (tf.Tensor | null)[],
  options: SgdOptions,
): void {
  tf.tidy(() => {
    const present = gradients.filter((g) => g !== null);
    // One after the other: a graphics card may be able to add no more than eight at once.
    const norm = tf.sqrt(present.map((g) => tf.sum(tf.square(g))).reduce((sum, square) => tf.add(sum, square)));
    const scale =
      options.clipNorm === null ? tf.scalar(1) : tf.minimum(1, tf.div(options.clipNorm, tf.add(norm, 1e-6)));
    parameters.forEach((parameter, i) => {
      const gradient = gradients[i];
      const momentum = momenta[i]!;
      const decayed = tf.mul(parameter, options.weightDecay);
      const step = gradient ? tf.add(tf.mul(gradient, scale), decayed) : decayed;
      momentum.assign(tf.add(tf.mul(momentum, options.momentum), step));
      const update = tf.add(step, tf.mul(momentum, options.momentum));
      parameter.assign(tf.sub(parameter, tf.mul(update, options.learningRate)));
    });
  });
}
