import { createRandom } from '../compute/random.js';
import type { Snapshot } from '../compute/snapshot.js';
import { disposeBatch, type Batch } from '../learning/batch-stream.js';
import type { ArchitectureTable } from '../space/architecture-table.js';
import type { EpochReport } from '../vocabulary/trace.js';
import { adamRestore, adamStart, adamStep, type AdamState } from './adam.js';
import { Architecture } from './architecture.js';
import { Learner, type BatchOutcome } from './learner.js';
import type { SearchProblem } from './method.js';
import type { Relaxation } from './sparsemax.js';
import { supernetParts, SupernetSearch, type SupernetParts } from './supernet-search.js';

/** What a step of the architecture may look at. Nothing of it may change. */
export interface GradientInputs {
  readonly net: Learner;
  /** Of the weight half: the batch that the weights take their step on afterwards. */
  readonly training: Batch;
  /** Of the architecture half. */
  readonly validation: Batch;
  readonly architecture: Architecture;
  readonly relaxation: Relaxation;
  /** Of the weights, in this step. */
  readonly learningRate: number;
  readonly sparse: boolean;
}

/** The outcome on the validation batch, and a gradient as long as `architecture.vector`. */
export interface ArchitectureGradient extends BatchOutcome {
  readonly gradient: Float64Array;
}

/** How a method of the DARTS family moves its architecture. */
export interface GradientRule {
  readonly relaxation: Relaxation;
  /** Of Adam on the architecture. */
  readonly architectureLearningRate: number;
  /** Batches that one step computes, of weights and architecture, the step of the weights among them. */
  readonly batches: { readonly training: number; readonly validation: number };
  readonly gradient: (inputs: GradientInputs) => Promise<ArchitectureGradient>;
}

/** Probabilities are those of the relaxation itself: the family has no temperature. */
export const TEMPERATURE = 1;

/** What a search with gradients starts with, or had when it was saved. The supernet has all kernels and depths from the start. */
export function gradientParts(
  problem: SearchProblem,
  saved: Snapshot | null,
  channelShare = 1,
): { readonly parts: SupernetParts; readonly architecture: Architecture; readonly adam: AdamState } {
  const { space, seed } = problem;
  const create = (): Learner => {
    const net = Learner.create(space, createRandom(seed, 'weights'), channelShare);
    net.grow();
    return net;
  };
  const parts = supernetParts(problem, saved, create, channelShare);
  if (saved) {
    const architecture = Architecture.restore(space.cells, saved.arrays);
    return { parts, architecture, adam: adamRestore(saved.arrays, 'adam/') };
  }
  const random = createRandom(seed, 'architecture');
  const architecture = Architecture.create(space.cells, random).grow(random);
  return { parts, architecture, adam: adamStart(architecture.vector.length) };
}

/** Turn by turn one step of the architecture by a gradient of the method, and one step of the weights on their half. */
export class GradientSearch extends SupernetSearch {
  protected constructor(
    parts: SupernetParts,
    readonly architecture: Architecture,
    protected readonly adam: AdamState,
    protected readonly rule: GradientRule,
  ) {
    super(parts);
  }

  /** @throws UserError `checkpoint-content` */
  static open(problem: SearchProblem, rule: GradientRule, saved: Snapshot | null): GradientSearch {
    const { parts, architecture, adam } = gradientParts(problem, saved);
    return new GradientSearch(parts, architecture, adam, rule);
  }

  get imagesPerStep(): number {
    const { weights, architecture } = this.parts.data;
    const { training, validation } = this.rule.batches;
    return training * weights.batch + validation * architecture.batch;
  }

  async advance(): Promise<{ loss: number; report: EpochReport | null }> {
    const { data, net, progress, problem } = this.parts;
    const raw = data.weights.next();
    const batch = data.weights.toBackend(raw);
    try {
      if (!this.rests) await this.moveArchitecture(batch);
      const { learningRate } = progress;
      const outcome = await net.step(batch, this.computed, { learningRate, sparse: problem.sparse });
      progress.requireFinite(outcome.loss);
      progress.add('weights', outcome, raw.targets, batch.task);
      return { loss: outcome.loss, report: progress.count() };
    } finally {
      disposeBatch(batch);
    }
  }

  /** Whether the next step leaves the architecture alone. */
  protected get rests(): boolean {
    return false;
  }

  protected get probabilities(): ArchitectureTable {
    return this.architecture.probabilities(TEMPERATURE, this.rule.relaxation);
  }

  /** What the net mixes its operations by. */
  protected get computed(): ArchitectureTable {
    return this.probabilities;
  }

  /** @param gradient as the rule gave it */
  protected move(gradient: Float64Array): void {
    adamStep(this.architecture.vector, gradient, this.adam, this.rule.architectureLearningRate);
  }

  private async moveArchitecture(training: Batch): Promise<void> {
    const { data, net, progress, problem } = this.parts;
    const { architecture, rule } = this;
    const { relaxation } = rule;
    const { learningRate } = progress;
    const raw = data.architecture.next();
    const validation = data.architecture.toBackend(raw);
    try {
      const inputs = { net, training, validation, architecture, relaxation, learningRate, sparse: problem.sparse };
      const { gradient, ...outcome } = await rule.gradient(inputs);
      progress.requireFinite(outcome.loss);
      progress.requireFinite(gradient.reduce((sum, value) => sum + value, 0));
      progress.add('architecture', outcome, raw.targets, validation.task);
      this.move(gradient);
    } finally {
      disposeBatch(validation);
    }
  }
}

/** ∂L/∂a on one batch, of the net or of a copy of it with other weights. */
export async function gradientOn(
  { architecture, relaxation, sparse }: GradientInputs,
  net: Learner,
  batch: Batch,
): Promise<ArchitectureGradient> {
  const probabilities = architecture.probabilities(TEMPERATURE, relaxation);
  const { table, ...outcome } = await net.tableGradient(batch, probabilities, sparse);
  return { ...outcome, gradient: architecture.gradient(probabilities, table, TEMPERATURE, relaxation) };
}
