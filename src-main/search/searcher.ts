import { z } from 'zod';
import { createRandom, restoreRandom, type Random } from '../compute/random.js';
import type { Snapshot, SnapshotArray } from '../compute/snapshot.js';
import { disposeBatch } from '../learning/batch-stream.js';
import { requireFinite } from '../learning/finite.js';
import { arrayOf, asValues, randomState, valuesOf } from '../learning/snapshot-codec.js';
import { adamGrow, adamStart, adamStep, type AdamState } from './adam.js';
import { Architecture } from './architecture.js';
import { penaltyGradient } from './budget.js';
import { EpochTally, tallyState } from './epoch-tally.js';
import { EstimateScale, estimateScaleState } from './estimate-scale.js';
import { Learner } from './learner.js';
import { dataSnapshot, type SearchData } from './search-data.js';
import { growthEpoch, learningRateAt, temperatureAt } from './schedule.js';
import type { Budget } from '../vocabulary/budget.js';
import type { SpaceSettings } from '../vocabulary/space.js';
import {
  dot,
  drawPerturbation,
  estimateGradient,
  extendPerturbation,
  ROUND_STEPS,
  type Perturbation,
} from './zeroth-order-round.js';

export interface SearchSettings {
  readonly space: SpaceSettings;
  readonly budget: Budget;
  readonly epochs: number;
  readonly seed: number;
  /** `exact`: closed-form gradient of the budget term; `published`: projected on u like the loss. */
  readonly estimator: 'exact' | 'published';
  /** Skip what has probability exactly 0. */
  readonly sparse: boolean;
}

/** Means over one epoch. Validation is measured on the architecture batches of the rounds that ended in it. */
export interface EpochReport {
  /** 1-based. */
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  readonly learningRate: number;
  readonly temperature: number;
  readonly phase: 1 | 2;
}

/**
 * The ZO-DARTS++ search (arXiv 2503.06092) as a machine that takes one weight step at a time. Its whole state is in
 * `snapshot()`, so a search that is stopped after any step and restored goes on bit for bit.
 */
export class Searcher {
  private twin: { learner: Learner; perturbation: Perturbation; steps: number } | null = null;

  private constructor(
    readonly settings: SearchSettings,
    private readonly data: SearchData,
    private readonly random: Random,
    private readonly net: Learner,
    private current: Architecture,
    private adam: AdamState,
    private readonly scale: EstimateScale,
    private position: { epoch: number; step: number },
    private tally: EpochTally,
  ) {}

  static create(settings: SearchSettings, data: SearchData): Searcher {
    const net = Learner.create(settings.space, createRandom(settings.seed, 'weights'));
    const random = createRandom(settings.seed, 'architecture');
    const architecture = Architecture.create(settings.space.cells, random);
    const adam = adamStart(architecture.vector.length);
    const scale = EstimateScale.create();
    const start = { epoch: 0, step: 0 };
    return new Searcher(settings, data, random, net, architecture, adam, scale, start, new EpochTally());
  }

  /** The searcher whose `snapshot()` this was; `data` must have been restored from the same snapshot. */
  static restore(settings: SearchSettings, data: SearchData, snapshot: Snapshot): Searcher {
    const { arrays } = snapshot;
    const values = valuesOf(snapshot.values, searcherValues);
    const vector = (name: string): Float64Array => arrayOf(arrays, name, Float64Array).slice();
    const searcher = new Searcher(
      settings,
      data,
      restoreRandom(values.random),
      Learner.fromArrays(settings.space, arrays, 'net/'),
      Architecture.fromVector(settings.space.cells, vector('architecture')),
      { mean: vector('adam/mean'), square: vector('adam/square'), steps: vector('adam/steps') },
      EstimateScale.restore(values.scale),
      { epoch: values.epoch, step: values.step },
      EpochTally.restore(values.tally),
    );
    if (values.round) {
      searcher.twin = {
        learner: Learner.fromArrays(settings.space, arrays, 'twin/'),
        perturbation: { direction: vector('direction'), distance: values.round.distance },
        steps: values.round.steps,
      };
    }
    return searcher;
  }

  get architecture(): Architecture {
    return this.current;
  }

  /** Finished epochs. */
  get epoch(): number {
    return this.position.epoch;
  }

  /** Finished steps of the epoch that is running. */
  get step(): number {
    return this.position.step;
  }

  get finished(): boolean {
    return this.epoch >= this.settings.epochs;
  }

  get stepsPerEpoch(): number {
    return this.data.weights.stepsPerEpoch;
  }

  /** T of the epoch that is running, or of the last one when the search is finished. */
  get temperature(): number {
    return temperatureAt(Math.min(this.epoch, this.settings.epochs - 1), this.settings.epochs);
  }

  /**
   * One weight step of net and twin; the tenth step of a round also moves the architecture.
   * @returns the loss of the net, and the report of the epoch when this was its last step
   * @throws UserError `loss-not-finite` before anything non-finite is kept
   */
  async advance(): Promise<{ loss: number; report: EpochReport | null }> {
    const { settings, data } = this;
    if (this.position.step === 0 && this.epoch === growthEpoch(settings.epochs)) this.grow();
    this.twin ??= {
      learner: await this.net.clone(),
      perturbation: drawPerturbation(this.current, this.random),
      steps: 0,
    };
    const { learner, perturbation } = this.twin;
    const options = { learningRate: learningRateAt(this.epoch, settings.epochs), sparse: settings.sparse };
    const raw = data.weights.next();
    const batch = data.weights.toBackend(raw);
    const moved = this.current.moved(perturbation.direction, perturbation.distance);
    const outcome = await this.net.step(batch, this.current.probabilities(this.temperature), options);
    const shifted = await learner.step(batch, moved.probabilities(this.temperature), options);
    disposeBatch(batch);
    this.requireFinite(outcome.loss);
    this.requireFinite(shifted.loss);
    this.tally.add('weights', outcome, raw.targets, batch.task);
    this.twin.steps++;
    if (this.twin.steps === ROUND_STEPS) await this.endRound();
    return { loss: outcome.loss, report: this.count() };
  }

  async snapshot(): Promise<Snapshot> {
    const arrays: Record<string, SnapshotArray> = {
      architecture: this.current.vector.slice(),
      'adam/mean': this.adam.mean.slice(),
      'adam/square': this.adam.square.slice(),
      'adam/steps': this.adam.steps.slice(),
      ...(await this.net.arrays('net/')),
    };
    if (this.twin) {
      Object.assign(arrays, await this.twin.learner.arrays('twin/'), {
        direction: this.twin.perturbation.direction.slice(),
      });
    }
    const values: z.infer<typeof searcherValues> = {
      epoch: this.epoch,
      step: this.step,
      temperature: this.temperature,
      phase: this.current.grown ? 2 : 1,
      random: this.random.state(),
      tally: this.tally.state(),
      scale: this.scale.state(),
      round: this.twin && { distance: this.twin.perturbation.distance, steps: this.twin.steps },
    };
    const data = dataSnapshot(this.data);
    return {
      values: { ...asValues(values), ...data.values },
      arrays: { ...arrays, ...data.arrays },
    };
  }

  dispose(): void {
    this.net.dispose();
    this.twin?.learner.dispose();
  }

  private grow(): void {
    if (this.current.grown) return;
    this.net.grow();
    this.current = this.current.grow(this.random);
    this.adam = adamGrow(this.adam, this.current.vector.length);
    if (this.twin) {
      this.twin.learner.grow();
      this.twin.perturbation = extendPerturbation(this.twin.perturbation, this.current.vector.length);
    }
  }

  private async endRound(): Promise<void> {
    const { settings, data } = this;
    const { learner, perturbation } = this.twin!;
    const raw = data.architecture.next();
    const batch = data.architecture.toBackend(raw);
    const options = { temperature: this.temperature, sparse: settings.sparse };
    const estimate = await estimateGradient(this.net, learner, this.current, perturbation, batch, options);
    disposeBatch(batch);
    learner.dispose();
    this.twin = null;
    this.tally.add('architecture', estimate, raw.targets, batch.task);
    // `u` has unit length, so this is the length of the estimate.
    const length = Math.abs(estimate.direct + estimate.slope);
    this.requireFinite(length);
    const factor = this.scale.factor(length);
    let gradient = settings.estimator === 'published' ? estimate.gradient : estimate.gradient.map((g) => factor * g);
    if (this.current.grown) {
      const probabilities = this.current.probabilities(this.temperature);
      let penalty = penaltyGradient(settings.space, settings.budget, this.current, probabilities, this.temperature);
      if (settings.estimator === 'published') {
        const along = dot(penalty, perturbation.direction);
        penalty = perturbation.direction.map((u) => along * u);
      }
      gradient = gradient.map((g, i) => g + penalty[i]!);
    }
    adamStep(this.current.vector, gradient, this.adam);
  }

  private requireFinite(loss: number): void {
    requireFinite(loss, 'loss', this.position, 'check the images of the dataset or try another seed');
  }

  /** Counts the step that was just taken. */
  private count(): EpochReport | null {
    this.position.step++;
    if (this.position.step < this.stepsPerEpoch) return null;
    const report: EpochReport = {
      epoch: this.epoch + 1,
      ...this.tally.means(),
      learningRate: learningRateAt(this.epoch, this.settings.epochs),
      temperature: this.temperature,
      phase: this.current.grown ? 2 : 1,
    };
    this.position = { epoch: this.epoch + 1, step: 0 };
    this.tally = new EpochTally();
    return report;
  }
}

/** The part of a snapshot that is not arrays; the data's own values stand beside it. */
const searcherValues = z.object({
  epoch: z.int().min(0),
  step: z.int().min(0),
  temperature: z.number(),
  phase: z.literal([1, 2]),
  random: randomState,
  tally: tallyState,
  scale: estimateScaleState,
  round: z.strictObject({ distance: z.number(), steps: z.int().min(0) }).nullable(),
});
