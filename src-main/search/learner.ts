import { sgdUpdate } from '../compute/operations/sgd-update.js';
import type { Random } from '../compute/random.js';
import type { SnapshotArray } from '../compute/snapshot.js';
import { tf } from '../compute/tensorflow.js';
import type { ArchitectureTable } from '../space/architecture-table.js';
import { ProbabilityTensors } from './probability-tensors.js';
import type { SpaceSettings } from '../vocabulary/space.js';
import { copyVariables, Supernet } from './supernet.js';

/** The rule of the weights: SGD, Nesterov momentum 0.9, decay 3e-4, global gradient norm clipped to 5. */
const WEIGHT_RULE = { momentum: 0.9, weightDecay: 3e-4, clipNorm: 5 };

/** Images and targets of one batch on the backend, with the loss of the task. */
export interface Batch {
  /** [N, size, size, input channels], normalised. */
  readonly x: tf.Tensor4D;
  /** [N, classes]. */
  readonly targets: tf.Tensor2D;
  readonly loss: (logits: tf.Tensor2D, targets: tf.Tensor2D) => tf.Scalar;
}

/** Loss and logits of one forward pass, read back. */
export interface BatchOutcome {
  readonly loss: number;
  /** Row-major N × classes. */
  readonly logits: Float32Array;
}

/** Gradients of one pass. `weights` follows the order of the learner's weights; null = exactly zero. */
export interface Gradients extends BatchOutcome {
  readonly weights: readonly (tf.Tensor | null)[];
  readonly probabilities: ArchitectureTable;
}

/** A supernet with the momentum of its optimiser: the net, or its twin. */
export class Learner {
  private constructor(
    readonly net: Supernet,
    private readonly momenta: Map<string, tf.Variable>,
  ) {}

  static create(space: SpaceSettings, random: Random): Learner {
    return Learner.of(Supernet.create(space, random));
  }

  /** A learner at rest: all momenta 0. */
  static of(net: Supernet): Learner {
    const momenta = new Map([...net.weights].map(([name, weight]) => [name, zeros(weight)]));
    return new Learner(net, momenta);
  }

  /** A copy of weights and momenta. */
  async clone(): Promise<Learner> {
    return new Learner(await this.net.clone(), await copyVariables(this.momenta));
  }

  /** Enters phase 2; the optimiser takes the new branches in. */
  grow(): void {
    for (const name of this.net.grow()) this.momenta.set(name, zeros(this.net.weights.get(name)!));
  }

  /** One step of the weights on one batch. */
  async step(
    batch: Batch,
    probabilities: ArchitectureTable,
    options: { learningRate: number; sparse: boolean },
  ): Promise<BatchOutcome> {
    const tensors = ProbabilityTensors.create(probabilities, this.net.space.cells, options.sparse);
    const weights = [...this.net.weights.values()];
    const { loss, logits, gradients } = this.differentiate(batch, tensors, weights);
    sgdUpdate(weights, [...this.momenta.values()], gradients, { learningRate: options.learningRate, ...WEIGHT_RULE });
    tensors.dispose();
    tf.dispose(gradients.filter((g) => g !== null));
    return readBack(loss, logits);
  }

  /** ∂L/∂w and ∂L/∂p on one batch; nothing changes. Dispose `weights` after use. */
  async gradients(batch: Batch, probabilities: ArchitectureTable, sparse: boolean): Promise<Gradients> {
    const { cells } = this.net.space;
    const tensors = ProbabilityTensors.create(probabilities, cells, sparse);
    const weights = [...this.net.weights.values()];
    const inputs = tensors.tensors();
    const { loss, logits, gradients } = this.differentiate(batch, tensors, [...weights, ...inputs]);
    const table = await tensors.table(gradients.slice(weights.length), cells);
    tensors.dispose();
    tf.dispose(gradients.slice(weights.length).filter((g) => g !== null));
    return { ...(await readBack(loss, logits)), weights: gradients.slice(0, weights.length), probabilities: table };
  }

  /** Σ ⟨gradients, other's weights − own weights⟩. */
  async slopeTowards(other: Learner, gradients: readonly (tf.Tensor | null)[]): Promise<number> {
    const own = [...this.net.weights.values()];
    const others = [...other.net.weights.values()];
    let slope = 0;
    for (const [i, gradient] of gradients.entries()) {
      if (!gradient) continue;
      const dot = tf.tidy(() => tf.sum(tf.mul(gradient, tf.sub(others[i]!, own[i]!))));
      slope += (await dot.data())[0]!;
      dot.dispose();
    }
    return slope;
  }

  /** Weights and momenta as `<prefix>weights/<name>` and `<prefix>momenta/<name>`. */
  async arrays(prefix: string): Promise<Record<string, SnapshotArray>> {
    const arrays: Record<string, SnapshotArray> = {};
    for (const [kind, map] of [
      ['weights', this.net.weights],
      ['momenta', this.momenta],
    ] as const) {
      for (const [name, tensor] of map) arrays[`${prefix}${kind}/${name}`] = (await tensor.data<'float32'>()).slice();
    }
    return arrays;
  }

  static fromArrays(space: SpaceSettings, arrays: { readonly [name: string]: SnapshotArray }, prefix: string): Learner {
    const part = (kind: string): Record<string, Float32Array> =>
      Object.fromEntries(
        Object.entries(arrays)
          .filter(([name]) => name.startsWith(`${prefix}${kind}/`))
          .map(([name, values]) => [name.slice(`${prefix}${kind}/`.length), values as Float32Array]),
      );
    const net = Supernet.fromArrays(space, part('weights'));
    const momenta = Supernet.fromArrays(space, part('momenta')).weights;
    return new Learner(net, momenta);
  }

  dispose(): void {
    this.net.dispose();
    for (const momentum of this.momenta.values()) momentum.dispose();
  }

  private differentiate(
    batch: Batch,
    probabilities: ProbabilityTensors,
    by: readonly tf.Tensor[],
  ): { loss: tf.Scalar; logits: tf.Tensor2D; gradients: (tf.Tensor | null)[] } {
    let logits!: tf.Tensor2D;
    const { value, grads } = tf.engine().gradients(
      () => {
        logits = tf.keep(this.net.forward(batch.x, probabilities));
        return batch.loss(logits, batch.targets);
      },
      by as tf.Tensor[],
      null as unknown as tf.Tensor,
      true,
    );
    return { loss: value as tf.Scalar, logits, gradients: grads.map((g) => (g as tf.Tensor | undefined) ?? null) };
  }
}

function zeros(like: tf.Tensor): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros(like.shape)));
}

async function readBack(loss: tf.Scalar, logits: tf.Tensor2D): Promise<BatchOutcome> {
  const [lossValue, logitValues] = await Promise.all([loss.data(), logits.data<'float32'>()]);
  const outcome = { loss: lossValue[0]!, logits: logitValues.slice() };
  tf.dispose([loss, logits]);
  return outcome;
}
