import { z } from 'zod';
import type { Snapshot, SnapshotArray } from '../compute/snapshot.js';
import type { TrainingView } from '../datasets/judging-views.js';
import { UserError } from '../errors.js';
import { arrayOf, asValues, groupOf, valuesOf, withPrefix } from '../learning/snapshot-codec.js';
import { planNetwork } from '../space/network-plan.js';
import type { Genotype, SpaceSettings } from '../vocabulary/space.js';
import { InferenceNetwork } from './inference-network.js';
import { allWrong, Judge, type Judgement } from './judge.js';
import type { Recipe } from '../vocabulary/recipe.js';
import { Trainer } from './trainer.js';

/** One training of a series. */
export interface PlannedTraining {
  readonly genotype: Genotype;
  /** Its selection is `last`: a series does not look at the judging images before the end. */
  readonly recipe: Recipe;
  readonly seed: number;
  /** Index of its view. */
  readonly view: number;
}

/** One judgement for each judging set of the training's view. */
export type TrainingResult = readonly Judgement[];

/** What is trained after these results; null ends the series. Depends on nothing else. */
export type NextTraining = (results: readonly TrainingResult[]) => PlannedTraining | null;

/** What a series trains, on what. */
export interface SeriesProblem {
  readonly space: SpaceSettings;
  readonly views: readonly TrainingView[];
  readonly next: NextTraining;
}

/** What a step did. */
export interface SeriesStep {
  /** Null for a slice of judging. */
  readonly loss: number | null;
  /** It was the last step of an epoch. */
  readonly endsEpoch: boolean;
  /** It ended a training. */
  readonly result: TrainingResult | null;
}

const NO_STEP: SeriesStep = { loss: null, endsEpoch: false, result: null };

const seriesValues = z.object({ results: z.int().min(0), trainer: z.record(z.string(), z.json()).nullable() });

/**
 * Trainings one after the other, each judged once at its end, as a machine that takes one step at a time: a training step,
 * or a slice of judging. Its whole state is in `snapshot()`, so a series that is stopped after any step and restored goes on
 * bit for bit (a judging that was under way begins again). A training whose loss is no longer finite counts as all wrong.
 */
export class TrainingSeries {
  private trainer: Trainer | null = null;
  private judging: { readonly network: InferenceNetwork; readonly judge: Judge } | null = null;

  private constructor(
    private readonly problem: SeriesProblem,
    private readonly done: TrainingResult[],
    private planned: PlannedTraining | null,
  ) {}

  static create(problem: SeriesProblem): TrainingSeries {
    return new TrainingSeries(problem, [], problem.next([]));
  }

  /** The series whose `snapshot()` this was. @throws UserError `checkpoint-content` */
  static restore(problem: SeriesProblem, snapshot: Snapshot): TrainingSeries {
    const { results: count, trainer } = valuesOf(snapshot.values, seriesValues);
    const results = Array.from({ length: count }, (_, i) => resultOf(groupOf(snapshot.arrays, `done/${i}/`)));
    const series = new TrainingSeries(problem, results, problem.next(results));
    if (trainer && series.planned) {
      const { view, plan, recipe, options } = series.setting(series.planned);
      const saved = { values: asValues(trainer), arrays: groupOf(snapshot.arrays, 'trainer/') };
      series.trainer = Trainer.restore(view.dataset, plan, recipe, saved, options);
    }
    return series;
  }

  /** Of the trainings that have ended, in their order. */
  get results(): readonly TrainingResult[] {
    return this.done;
  }

  /** The training that is under way or comes next; null at the end. */
  get current(): PlannedTraining | null {
    return this.planned;
  }

  get finished(): boolean {
    return this.planned === null;
  }

  /** Finished epochs of the training that is under way. */
  get epoch(): number {
    return this.trainer?.epoch ?? 0;
  }

  /** One step. Does nothing at the end. */
  async advance(): Promise<SeriesStep> {
    const { planned } = this;
    if (planned === null) return NO_STEP;
    this.trainer ??= this.startTrainer(planned);
    if (this.trainer.finished) return await this.judge(planned, this.trainer);
    try {
      const { loss, report } = await this.trainer.advance();
      return { loss, endsEpoch: report !== null, result: null };
    } catch (error) {
      if (!(error instanceof UserError && error.kind === 'loss-not-finite')) throw error;
      const { judging } = this.problem.views[planned.view]!;
      return this.end(judging.map(({ images }) => allWrong(images.length)));
    }
  }

  async snapshot(): Promise<Snapshot> {
    const arrays: Record<string, SnapshotArray> = {};
    this.done.forEach((result, i) => Object.assign(arrays, withPrefix(`done/${i}/`, arraysOf(result))));
    const trainer = await this.trainer?.snapshot();
    if (trainer) Object.assign(arrays, withPrefix('trainer/', trainer.arrays));
    return { values: asValues({ results: this.done.length, trainer: trainer?.values ?? null }), arrays };
  }

  dispose(): void {
    this.trainer?.dispose();
    this.trainer = null;
    this.judging?.network.dispose();
    this.judging = null;
  }

  private async judge(planned: PlannedTraining, trainer: Trainer): Promise<SeriesStep> {
    if (!this.judging) {
      const { view, plan } = this.setting(planned);
      const { weights } = await trainer.selected();
      const network = new InferenceNetwork(plan, weights);
      this.judging = { network, judge: new Judge(network, view.dataset.task, view.judging) };
    }
    const result = await this.judging.judge.advance();
    return result ? this.end(result) : NO_STEP;
  }

  private end(result: TrainingResult): SeriesStep {
    this.dispose();
    this.done.push(result);
    this.planned = this.problem.next(this.done);
    return { loss: null, endsEpoch: false, result };
  }

  private startTrainer(planned: PlannedTraining): Trainer {
    const { view, plan, recipe, options } = this.setting(planned);
    return Trainer.create(view.dataset, plan, recipe, planned.seed, options);
  }

  private setting(planned: PlannedTraining) {
    const view = this.problem.views[planned.view]!;
    const recipe: Recipe = { ...planned.recipe, selection: 'last' };
    const options = { images: view.training, validate: false };
    return { view, plan: planNetwork(this.problem.space, planned.genotype), recipe, options };
  }
}

function arraysOf(result: TrainingResult): Record<string, SnapshotArray> {
  return Object.fromEntries([
    ['auc', Float64Array.from(result, ({ auc }) => auc)],
    ...result.flatMap(({ right, losses }, set) => [
      [`${set}/right`, right],
      [`${set}/losses`, losses],
    ]),
  ] as [string, SnapshotArray][]);
}

function resultOf(arrays: Snapshot['arrays']): TrainingResult {
  const auc = arrayOf(arrays, 'auc', Float64Array);
  return Array.from(auc, (value, set) => ({
    right: arrayOf(arrays, `${set}/right`, Float32Array),
    losses: arrayOf(arrays, `${set}/losses`, Float32Array),
    auc: value,
  }));
}
