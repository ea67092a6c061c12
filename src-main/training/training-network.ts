import { discreteNetwork, type DiscreteNetworkResult } from '../compute/operations/discrete-network.js';
import type { Random } from '../compute/random.js';
import { tf } from '../compute/tensorflow.js';
import type { WeightArrays } from './folding.js';
import { batchNormSpecs, elements, weightSpecs, type NetworkPlan, type WeightSpec } from '../space/network-plan.js';

/** Share of the newest batch in the running statistics, as in PyTorch. */
const RUNNING_MOMENTUM = 0.1;

export type TrainingForward = DiscreteNetworkResult;

/** The network of a plan while it learns: weights as variables, batch statistics, running statistics on the side. */
export class TrainingNetwork {
  private constructor(
    readonly plan: NetworkPlan,
    readonly weights: ReadonlyMap<string, tf.Variable>,
    /** Of all batch norms, joined in the order of the plan. */
    readonly runningMean: tf.Variable<tf.Rank.R1>,
    readonly runningVariance: tf.Variable<tf.Rank.R1>,
  ) {}

  /**
   * A fresh network. Filters and the classifier start uniform in ±1/√fan-in, as PyTorch's convolutions and linear layers
   * do (Kaiming uniform with a = √5); batch norm at scale 1, shift 0; running mean 0 and variance 1.
   */
  static create(plan: NetworkPlan, random: Random): TrainingNetwork {
    const arrays: Record<string, Float32Array> = {};
    for (const spec of weightSpecs(plan)) arrays[spec.name] = initial(spec, random);
    for (const { name, channels } of batchNormSpecs(plan)) {
      arrays[`${name}.mean`] = new Float32Array(channels);
      arrays[`${name}.variance`] = new Float32Array(channels).fill(1);
    }
    return TrainingNetwork.fromArrays(plan, arrays);
  }

  /** The network whose `arrays()` these were. */
  static fromArrays(plan: NetworkPlan, arrays: WeightArrays): TrainingNetwork {
    checkWeights(plan, arrays);
    const weights = new Map(
      weightSpecs(plan).map(({ name, shape }) => [name, variable(arrays[name]!, [...shape])] as const),
    );
    const join = (part: string): Float32Array =>
      Float32Array.from(batchNormSpecs(plan).flatMap(({ name }) => [...arrays[`${name}.${part}`]!]));
    return new TrainingNetwork(
      plan,
      weights,
      variable(join('mean')) as tf.Variable<tf.Rank.R1>,
      variable(join('variance')) as tf.Variable<tf.Rank.R1>,
    );
  }

  /** Weights and running statistics as plain arrays (copies). */
  async arrays(): Promise<Record<string, Float32Array>> {
    const arrays: Record<string, Float32Array> = {};
    for (const [name, weight] of this.weights) arrays[name] = Float32Array.from(await weight.data<'float32'>());
    const split = async (part: string, joined: tf.Tensor): Promise<void> => {
      const values = await joined.data<'float32'>();
      let offset = 0;
      for (const { name, channels } of batchNormSpecs(this.plan)) {
        arrays[`${name}.${part}`] = Float32Array.from(values.subarray(offset, offset + channels));
        offset += channels;
      }
    };
    await split('mean', this.runningMean);
    await split('variance', this.runningVariance);
    return arrays;
  }

  /** @param x [N, size, size, channels], normalised */
  forward(x: tf.Tensor4D): TrainingForward {
    return discreteNetwork(x, this.plan.steps, [...this.weights.values()]);
  }

  /**
   * Takes the statistics of one batch into the running ones: new = 0.9·old + 0.1·batch, with the unbiased variance.
   * @param batch images of the batch  @param size height and width of an image
   */
  updateRunning(means: tf.Tensor1D, variances: tf.Tensor1D, batch: number, size: number): void {
    tf.tidy(() => {
      const blend = (running: tf.Variable<tf.Rank.R1>, fresh: tf.Tensor1D): void => {
        running.assign(tf.add(tf.mul(running, 1 - RUNNING_MOMENTUM), tf.mul(fresh, RUNNING_MOMENTUM)));
      };
      const values = Float32Array.from(
        batchNormSpecs(this.plan).flatMap(({ name, channels }) => {
          const n = batch * (size >> halvings(name)) ** 2;
          return new Array<number>(channels).fill(n / Math.max(1, n - 1));
        }),
      );
      blend(this.runningMean, means);
      blend(this.runningVariance, tf.mul(variances, tf.tensor1d(values)));
    });
  }

  dispose(): void {
    for (const weight of this.weights.values()) weight.dispose();
    this.runningMean.dispose();
    this.runningVariance.dispose();
  }
}

/** How often the resolution was halved before a batch norm. */
function halvings(name: string): number {
  const stage = /^stages\.(\d)/.exec(name)?.[1];
  if (stage !== undefined) return Number(stage);
  const reduction = /^reductions\.(\d)/.exec(name)?.[1];
  if (reduction !== undefined) return Number(reduction) + 1;
  return name === 'last' ? 2 : 0;
}

function initial(spec: WeightSpec, random: Random): Float32Array {
  const values = new Float32Array(elements(spec.shape));
  if (spec.role === 'scale') return values.fill(1);
  if (spec.role === 'shift') return values;
  const bound = 1 / Math.sqrt(spec.fanIn);
  return values.map(() => bound * (2 * random.uniform() - 1));
}

function variable(values: Float32Array, shape: number[] = [values.length]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(Float32Array.from(values), shape, 'float32')));
}

/** @throws RangeError when an array is missing or has another size than the plan asks for */
export function checkWeights(plan: NetworkPlan, arrays: WeightArrays): void {
  const wanted = new Map(weightSpecs(plan).map(({ name, shape }) => [name, elements(shape)]));
  for (const { name, channels } of batchNormSpecs(plan)) {
    wanted.set(`${name}.mean`, channels).set(`${name}.variance`, channels);
  }
  for (const [name, count] of wanted) {
    if (arrays[name]?.length !== count) {
      throw new RangeError(`${name} must have ${String(count)} values, saw ${String(arrays[name]?.length ?? 'none')}`);
    }
  }
  for (const name of Object.keys(arrays))
    if (!wanted.has(name)) throw new RangeError(`${name} is not a weight of this network`);
}
