import type { Random } from '../compute/random.js';
import type { SnapshotArray } from '../compute/snapshot.js';
import { tf } from '../compute/tensorflow.js';
import type { ArchitectureTable } from '../space/architecture-table.js';
import type { Batch } from '../learning/batch-stream.js';
import { differentiate, type Pass } from '../learning/differentiate.js';
import { weightsOf, withPrefix } from '../learning/snapshot-codec.js';
import { taskLoss } from '../learning/task-head.js';
import { readVariables } from '../learning/variables.js';
import { WeightOptimiser } from '../learning/weight-optimiser.js';
import type { SpaceSettings } from '../vocabulary/space.js';
import { ProbabilityTensors } from './probability-tensors.js';
import { Supernet } from './supernet.js';

const WEIGHT_DECAY = 3e-4;

/** Loss and logits of one forward pass, read back. */
export interface BatchOutcome {
  readonly loss: number;
  /** Row-major N × outputs. */
  readonly logits: Float32Array;
  readonly outputs: number;
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
    private readonly optimiser: WeightOptimiser,
  ) {}

  /** @param channelShare as of `Supernet.create` */
  static create(space: SpaceSettings, random: Random, channelShare = 1): Learner {
    return Learner.of(Supernet.create(space, random, channelShare));
  }

  /** A learner at rest: all momenta 0. */
  static of(net: Supernet): Learner {
    return new Learner(net, WeightOptimiser.create(net.weights));
  }

  /** A copy of weights and momenta. */
  async clone(): Promise<Learner> {
    const net = await this.net.clone();
    return new Learner(net, await this.optimiser.clone(net.weights));
  }

  /** Enters phase 2; the optimiser takes the new branches in. */
  grow(): void {
    this.net.grow();
    this.optimiser.takeIn();
  }

  /** One step of the weights on one batch; nothing changes when the loss is not finite. */
  async step(
    batch: Batch,
    probabilities: ArchitectureTable,
    options: { learningRate: number; sparse: boolean },
  ): Promise<BatchOutcome> {
    const tensors = ProbabilityTensors.create(probabilities, this.net.space.cells, options.sparse);
    const pass = this.differentiate(batch, tensors, []);
    try {
      const outcome = await readBack(pass);
      const { learningRate } = options;
      if (Number.isFinite(outcome.loss)) {
        this.optimiser.step(pass.gradients, { learningRate, weightDecay: WEIGHT_DECAY });
      }
      return outcome;
    } finally {
      pass.dispose();
      tensors.dispose();
    }
  }

  /** Loss on one batch, with the statistics of that batch; nothing changes. */
  async loss(batch: Batch, probabilities: ArchitectureTable): Promise<number> {
    const tensors = ProbabilityTensors.create(probabilities, this.net.space.cells, true);
    const loss = tf.tidy(() => taskLoss(batch.task, this.net.forward(batch.x, tensors), batch.targets, null));
    try {
      return (await loss.data())[0]!;
    } finally {
      loss.dispose();
      tensors.dispose();
    }
  }

  /** ∂L/∂w and ∂L/∂p on one batch; nothing changes. Dispose `weights` after use. */
  async gradients(batch: Batch, probabilities: ArchitectureTable, sparse: boolean): Promise<Gradients> {
    const { cells } = this.net.space;
    const tensors = ProbabilityTensors.create(probabilities, cells, sparse);
    const pass = this.differentiate(batch, tensors, tensors.tensors());
    try {
      const count = this.net.weights.size;
      const table = await tensors.table(pass.gradients.slice(count), cells);
      const weights = pass.gradients.slice(0, count).map((gradient) => gradient && tf.clone(gradient));
      return { ...(await readBack(pass)), weights, probabilities: table };
    } finally {
      pass.dispose();
      tensors.dispose();
    }
  }

  /** The same without ∂L/∂w. */
  async tableGradient(
    batch: Batch,
    probabilities: ArchitectureTable,
    sparse: boolean,
  ): Promise<BatchOutcome & { readonly table: ArchitectureTable }> {
    const { weights, probabilities: table, ...outcome } = await this.gradients(batch, probabilities, sparse);
    tf.dispose(weights.filter((gradient) => gradient !== null));
    return { ...outcome, table };
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
    return {
      ...withPrefix(`${prefix}weights/`, await readVariables(this.net.weights)),
      ...withPrefix(`${prefix}momenta/`, await this.optimiser.arrays()),
    };
  }

  static fromArrays(
    space: SpaceSettings,
    arrays: { readonly [name: string]: SnapshotArray },
    prefix: string,
    channelShare = 1,
  ): Learner {
    const net = Supernet.fromArrays(space, weightsOf(arrays, `${prefix}weights/`), channelShare);
    return new Learner(net, WeightOptimiser.restore(net.weights, weightsOf(arrays, `${prefix}momenta/`)));
  }

  dispose(): void {
    this.net.dispose();
    this.optimiser.dispose();
  }

  /** Differentiates by the weights and then by `inputs`. */
  private differentiate(
    batch: Batch,
    probabilities: ProbabilityTensors,
    inputs: readonly tf.Tensor[],
  ): Pass<{ readonly logits: tf.Tensor2D }> {
    return differentiate(() => {
      const logits = this.net.forward(batch.x, probabilities);
      return { loss: taskLoss(batch.task, logits, batch.targets, null), kept: { logits } };
    }, [...this.net.weights.values(), ...inputs]);
  }
}

async function readBack({ loss, kept }: Pass<{ readonly logits: tf.Tensor2D }>): Promise<BatchOutcome> {
  const [lossValue, logits] = await Promise.all([loss.data(), kept.logits.data<'float32'>()]);
  return { loss: lossValue[0]!, logits: logits.slice(), outputs: kept.logits.shape[1] };
}
