import { z } from 'zod';
import { createRandom, restoreRandom, type Random } from '../compute/random.js';
import type { Snapshot } from '../compute/snapshot.js';
import { disposeBatch } from '../learning/batch-stream.js';
import { arrayOf, asValues, randomState, valuesOf } from '../learning/snapshot-codec.js';
import type { ArchitectureTable } from '../space/architecture-table.js';
import type { EpochReport, Trace } from '../vocabulary/trace.js';
import { adamRestore, adamStart, adamStep, type AdamState } from './adam.js';
import { Architecture } from './architecture.js';
import { Learner } from './learner.js';
import type { SearchProblem } from './method.js';
import type { Relaxation } from './sparsemax.js';
import { supernetParts, SupernetSearch, type SupernetParts } from './supernet-search.js';
import {
  directionalGradient,
  drawPerturbation,
  measureRound,
  ROUND_STEPS,
  type Perturbation,
} from './zeroth-order-round.js';

/** What tells the members of the family apart. */
export interface ZerothOrderRule {
  readonly relaxation: Relaxation;
  /** Of Adam on the architecture. */
  readonly architectureLearningRate: number;
  /** @param epoch from 0; null: 1, always */
  readonly temperature: ((epoch: number, epochs: number) => number) | null;
}

const searchValues = z.object({
  random: randomState,
  round: z.strictObject({ distance: z.number(), steps: z.int().min(0) }).nullable(),
});

/** A round that is running: the twin, how it was moved, and the steps that both have taken. */
interface Round {
  readonly twin: Learner;
  readonly perturbation: Perturbation;
  readonly steps: number;
}

/**
 * Zeroth-order rounds of a net and its twin over the whole supernet, as ZO-DARTS has them: a step is one of the weights, of
 * net and twin; the tenth of a round moves the architecture along the direction of the round. The twin starts with the momenta
 * of the net and keeps its own from there; its architecture rests. Rounds run on across the ends of epochs.
 */
export class ZerothOrderSearch extends SupernetSearch {
  private constructor(
    parts: SupernetParts,
    private readonly rule: ZerothOrderRule,
    private readonly random: Random,
    readonly architecture: Architecture,
    protected readonly adam: AdamState,
    private round: Round | null,
  ) {
    super(parts);
  }

  /** @throws UserError `checkpoint-content` */
  static open(problem: SearchProblem, rule: ZerothOrderRule, saved: Snapshot | null): ZerothOrderSearch {
    const { space, seed } = problem;
    const parts = supernetParts(problem, saved, () => {
      const net = Learner.create(space, createRandom(seed, 'weights'));
      net.grow();
      return net;
    });
    if (!saved) {
      const random = createRandom(seed, 'architecture');
      const architecture = Architecture.create(space.cells, random).grow(random);
      return new ZerothOrderSearch(parts, rule, random, architecture, adamStart(architecture.vector.length), null);
    }
    const { arrays } = saved;
    const { random, round } = valuesOf(saved.values, searchValues);
    const running = round && {
      twin: Learner.fromArrays(space, arrays, 'twin/'),
      perturbation: { direction: arrayOf(arrays, 'direction', Float64Array).slice(), distance: round.distance },
      steps: round.steps,
    };
    const architecture = Architecture.restore(space.cells, arrays);
    const adam = adamRestore(arrays, 'adam/');
    return new ZerothOrderSearch(parts, rule, restoreRandom(random), architecture, adam, running);
  }

  /** Net and twin. */
  get imagesPerStep(): number {
    return 2 * this.parts.data.weights.batch;
  }

  async advance(): Promise<{ loss: number; report: EpochReport | null }> {
    const { architecture } = this;
    const { data, net, progress, problem } = this.parts;
    const temperature = this.temperatureOf(this.epoch);
    const { twin, perturbation, steps } = (this.round ??= await this.startRound());
    const options = { learningRate: progress.learningRate, sparse: problem.sparse };
    const raw = data.weights.next();
    const batch = data.weights.toBackend(raw);
    try {
      const outcome = await net.step(batch, architecture.probabilities(temperature, this.rule.relaxation), options);
      const moved = architecture.moved(perturbation.direction, perturbation.distance);
      const other = await twin.step(batch, moved.probabilities(temperature, this.rule.relaxation), options);
      progress.requireFinite(outcome.loss);
      progress.requireFinite(other.loss);
      progress.add('weights', outcome, raw.targets, batch.task);
      this.round = { twin, perturbation, steps: steps + 1 };
      if (this.round.steps === ROUND_STEPS) await this.endRound(this.round, temperature);
      return { loss: outcome.loss, report: progress.count() };
    } finally {
      disposeBatch(batch);
    }
  }

  override async snapshot(): Promise<Snapshot> {
    const { values, arrays } = await super.snapshot();
    const { round } = this;
    const own: z.infer<typeof searchValues> = {
      random: this.random.state(),
      round: round && { distance: round.perturbation.distance, steps: round.steps },
    };
    const running = round && {
      ...(await round.twin.arrays('twin/')),
      direction: round.perturbation.direction.slice(),
    };
    return { values: { ...values, ...asValues(own) }, arrays: { ...arrays, ...running } };
  }

  override trace(): Trace {
    const { epoch, values, tables } = super.trace();
    if (!this.rule.temperature) return { epoch, values, tables };
    return { epoch, values: { temperature: this.temperatureOf(this.parts.progress.last.epoch), ...values }, tables };
  }

  override dispose(): void {
    super.dispose();
    this.round?.twin.dispose();
    this.round = null;
  }

  protected get probabilities(): ArchitectureTable {
    const temperature = this.temperatureOf(this.parts.progress.last.epoch);
    return this.architecture.probabilities(temperature, this.rule.relaxation);
  }

  private temperatureOf(epoch: number): number {
    return this.rule.temperature?.(epoch, this.parts.problem.epochs) ?? 1;
  }

  private async startRound(): Promise<Round> {
    const perturbation = drawPerturbation(this.architecture, this.random);
    return { twin: await this.parts.net.clone(), perturbation, steps: 0 };
  }

  private async endRound({ twin, perturbation }: Round, temperature: number): Promise<void> {
    const { rule, architecture } = this;
    const { data, net, progress, problem } = this.parts;
    const raw = data.architecture.next();
    const batch = data.architecture.toBackend(raw);
    try {
      const options = { temperature, sparse: problem.sparse, relaxation: rule.relaxation };
      const measured = await measureRound(net, twin, architecture, perturbation, batch, options);
      progress.requireFinite(measured.direct + measured.slope);
      progress.add('architecture', measured, raw.targets, batch.task);
      const gradient = directionalGradient(measured, perturbation.direction);
      adamStep(architecture.vector, gradient, this.adam, rule.architectureLearningRate);
    } finally {
      disposeBatch(batch);
      twin.dispose();
      this.round = null;
    }
  }
}
