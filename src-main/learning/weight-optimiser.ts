import { sgdUpdate } from '../compute/operations/sgd-update.js';
import { tf } from '../compute/tensorflow.js';
import { copyOf, readVariables, variable, type Variables } from './variables.js';

/** SGD with Nesterov momentum 0.9 after the global gradient norm was clipped to 5; a momentum per weight. */
const MOMENTUM = 0.9;
const CLIP_NORM = 5;

export interface StepOptions {
  readonly learningRate: number;
  readonly weightDecay: number;
}

/** The optimiser of the weights of one network, in a search and in a training. */
export class WeightOptimiser {
  private constructor(
    private readonly weights: Variables,
    private readonly momenta: Map<string, tf.Variable>,
  ) {}

  /** At rest: all momenta 0. */
  static create(weights: Variables): WeightOptimiser {
    return new WeightOptimiser(weights, new Map()).takeIn();
  }

  /** The optimiser whose `arrays()` these were, for the same weights. @throws RangeError when one does not fit */
  static restore(weights: Variables, arrays: { readonly [name: string]: Float32Array }): WeightOptimiser {
    const momenta = [...weights].map(([name, { shape }]) => [name, variable(name, arrays[name], shape)] as const);
    return new WeightOptimiser(weights, new Map(momenta));
  }

  /** An optimiser of `weights` with a copy of these momenta. */
  async clone(weights: Variables): Promise<WeightOptimiser> {
    return new WeightOptimiser(weights, await copyOf(this.momenta));
  }

  /** Takes weights in that have come since; they start at rest. */
  takeIn(): this {
    for (const [name, { shape }] of this.weights) {
      if (!this.momenta.has(name))
        this.momenta.set(
          name,
          tf.tidy(() => tf.variable(tf.zeros(shape))),
        );
    }
    return this;
  }

  /** One step: changes weights and momenta in place. @param gradients in the order of the weights; null = zero */
  step(gradients: readonly (tf.Tensor | null)[], options: StepOptions): void {
    const rule = { ...options, momentum: MOMENTUM, clipNorm: CLIP_NORM };
    sgdUpdate([...this.weights.values()], [...this.momenta.values()], gradients, rule);
  }

  /** The momenta by the names of their weights (copies). */
  async arrays(): Promise<Record<string, Float32Array>> {
    return readVariables(this.momenta);
  }

  dispose(): void {
    for (const momentum of this.momenta.values()) momentum.dispose();
  }
}
