import type { Snapshot } from '../compute/snapshot.js';
import { arrayOf } from '../learning/snapshot-codec.js';

/** Adam on the architecture vector: β₁ 0.5, β₂ 0.999, ε 1e-8, L2 decay 1e-3, as torch.optim.Adam has it. */
const SETTINGS = { beta1: 0.5, beta2: 0.999, epsilon: 1e-8, decay: 1e-3 };

export interface AdamState {
  readonly mean: Float64Array;
  readonly square: Float64Array;
  /** Steps taken by each entry: entries that joined later correct their bias by their own count. */
  readonly steps: Float64Array;
}

/** The state as arrays of a snapshot (copies). */
export function adamArrays({ mean, square, steps }: AdamState): Record<keyof AdamState, Float64Array> {
  return { mean: mean.slice(), square: square.slice(), steps: steps.slice() };
}

/** The state whose `adamArrays` stand under `prefix`. @throws UserError `checkpoint-content` */
export function adamRestore(arrays: Snapshot['arrays'], prefix: string): AdamState {
  const vector = (name: keyof AdamState): Float64Array => arrayOf(arrays, `${prefix}${name}`, Float64Array).slice();
  return { mean: vector('mean'), square: vector('square'), steps: vector('steps') };
}

export function adamStart(length: number): AdamState {
  return { mean: new Float64Array(length), square: new Float64Array(length), steps: new Float64Array(length) };
}

/** The same state with fresh entries behind it. */
export function adamGrow(state: AdamState, length: number): AdamState {
  const longer = (values: Float64Array): Float64Array => {
    const grown = new Float64Array(length);
    grown.set(values);
    return grown;
  };
  return { mean: longer(state.mean), square: longer(state.square), steps: longer(state.steps) };
}

/** One step: changes `vector` and `state` in place. @param learningRate default: that of ZO-DARTS++ */
export function adamStep(vector: Float64Array, gradient: Float64Array, state: AdamState, learningRate = 1.5e-2): void {
  const { beta1, beta2, epsilon, decay } = SETTINGS;
  for (let i = 0; i < vector.length; i++) {
    const g = gradient[i]! + decay * vector[i]!;
    const steps = state.steps[i]! + 1;
    const mean = beta1 * state.mean[i]! + (1 - beta1) * g;
    const square = beta2 * state.square[i]! + (1 - beta2) * g * g;
    state.steps[i] = steps;
    state.mean[i] = mean;
    state.square[i] = square;
    const denominator = Math.sqrt(square) / Math.sqrt(1 - beta2 ** steps) + epsilon;
    vector[i] = vector[i]! - ((learningRate / (1 - beta1 ** steps)) * mean) / denominator;
  }
}
