import { BATCH_NORM_EPSILON } from '../compute/operations/batch-norm.js';
import type { NetworkPlan } from '../space/network-plan.js';

/** All numbers of a trained network by name: `weightSpecs` and, for each batch norm, `<name>.mean` and `<name>.variance`. */
export type WeightArrays = { readonly [name: string]: Float32Array };

/** A trained network whose batch norms are folded away, ready for inference and export. */
export interface FoldedNetwork {
  readonly plan: NetworkPlan;
  /** [k, k, in, out] of each convolution, batch norm scale included. */
  readonly filters: { readonly [name: string]: Float32Array };
  /** [out] of each block; the `down` convolutions have none. */
  readonly biases: { readonly [name: string]: Float32Array };
  /** The last batch norm as x · scale + shift; it stands before a ReLU and after a sum, so no convolution can take it. */
  readonly last: { readonly scale: Float32Array; readonly shift: Float32Array };
  /** [in, out] and [out]. */
  readonly classifier: { readonly kernel: Float32Array; readonly bias: Float32Array };
}

/**
 * Folds every batch norm (running statistics) into the convolution before it:
 * BN(W∗x) = (W·s)∗x + (shift − mean·s) with s = scale / √(variance + ε). Worked in double precision, rounded once.
 */
export function foldNetwork(plan: NetworkPlan, weights: WeightArrays): FoldedNetwork {
  const get = (name: string): Float32Array => {
    const values = weights[name];
    if (!values) throw new RangeError(`the trained network has no ${name}`);
    return values;
  };
  const affine = (name: string): { scale: Float64Array; shift: Float64Array } => {
    const [scale, shift, mean, variance] = ['scale', 'shift', 'mean', 'variance'].map((part) => get(`${name}.${part}`));
    const factor = Float64Array.from(scale!, (s, c) => s / Math.sqrt(variance![c]! + BATCH_NORM_EPSILON));
    return { scale: factor, shift: Float64Array.from(shift!, (b, c) => b - mean![c]! * factor[c]!) };
  };
  const filters: Record<string, Float32Array> = {};
  const biases: Record<string, Float32Array> = {};
  for (const step of plan.steps) {
    if (step.kind === 'convolution') filters[step.name] = get(`${step.name}.filter`);
    if (step.kind !== 'block') continue;
    const { scale, shift } = affine(step.name);
    filters[step.name] = get(`${step.name}.filter`).map((w, i) => w * scale[i % step.to]!);
    biases[step.name] = Float32Array.from(shift);
  }
  const last = affine('last');
  return {
    plan,
    filters,
    biases,
    last: { scale: Float32Array.from(last.scale), shift: Float32Array.from(last.shift) },
    classifier: { kernel: get('classifier.kernel'), bias: get('classifier.bias') },
  };
}
