import { z } from 'zod';
import type { Snapshot } from '../../compute/snapshot.js';
import { createRandom } from '../../compute/random.js';
import type { TrainingDataset } from '../../datasets/dataset.js';
import { judgingViews } from '../../datasets/judging-views.js';
import { asValues, valuesOf } from '../../learning/snapshot-codec.js';
import {
  TrainingSeries,
  type PlannedTraining,
  type SeriesStep,
  type TrainingResult,
} from '../../training/training-series.js';
import type { Budget } from '../../vocabulary/budget.js';
import { raceCandidateSchema, type RaceCandidate, type RaceVerdict } from '../../vocabulary/race.js';
import type { SpaceSettings } from '../../vocabulary/space.js';
import { findReferences, raceEntrants, type Entrant, type Proposal } from './candidates.js';
import { forwardWorks, trainingWork, type Work } from './cost.js';
import { earlierScores, finalEvidence, firstEvidence } from './evidence.js';
import { firstRung, grown } from './field.js';
import { foreseenWork, planRace, toPlanned, type RacePlan } from './plan.js';
import type { RaceProblem } from './problem.js';
import { raceRecipe } from './recipe.js';
import { sentence } from './sentence.js';
import { standing } from './standing.js';
import { verdictOf } from './verdict.js';

export interface RaceSettings {
  readonly space: SpaceSettings;
  readonly budget: Budget;
  readonly seed: number;
  /** Random architectures of the budget that take part. */
  readonly random: number;
  /** Keep the smallest network that is as good as the best. */
  readonly smallest: boolean;
}

const entrant = raceCandidateSchema
  .unwrap()
  .pick({ source: true, label: true, genotype: true, parameters: true, insideBudget: true });
/** Of planning: results of a race that was begun under others say nothing under these. */
const RULES = 3;
const raceValues = z.object({
  rules: z.int().default(1),
  entrants: z.array(entrant),
  opening: z.int().default(0),
  waves: z.int().default(0),
  work: z.number(),
  series: z.record(z.string(), z.json()),
});

/**
 * The race between what a search proposes, chance and hand-made baselines, as a machine that takes one step at a time. Its
 * whole state is in `snapshot()`, proposals too, so a race that is stopped after any step and restored goes on bit for bit.
 */
export class Race {
  private known: {
    readonly results: number;
    readonly plan: RacePlan;
    readonly foreseen: readonly Work[];
  } | null = null;
  private readonly series: TrainingSeries;

  private constructor(
    private readonly settings: RaceSettings,
    private problem: RaceProblem,
    saved: Snapshot | null,
  ) {
    const { space, views } = problem;
    const of = { space, views, next: (results: readonly TrainingResult[]) => this.next(results) };
    this.series = saved ? TrainingSeries.restore(of, saved) : TrainingSeries.create(of);
  }

  /** @param proposals of the search, its best guess first  @param work that the whole race may cost (`cost.ts`) */
  static create(settings: RaceSettings, dataset: TrainingDataset, proposals: readonly Proposal[], work: number): Race {
    const { space, budget, seed } = settings;
    const entrants = raceEntrants(space, budget, proposals, { count: settings.random, seed });
    return new Race(settings, openingOf(settings, dataset, entrants, work), null);
  }

  /**
   * The race whose `snapshot()` this was. One that an earlier version began by other rules runs again from its start, with the
   * same entrants. @throws UserError `checkpoint-content`
   */
  static restore(settings: RaceSettings, dataset: TrainingDataset, snapshot: Snapshot): Race {
    const { rules, entrants, opening, waves, work, series } = valuesOf(snapshot.values, raceValues);
    const problem = openingOf(settings, dataset, entrants, work);
    if (rules !== RULES) return new Race(settings, problem, null);
    const saved = { values: asValues(series), arrays: snapshot.arrays };
    return new Race(settings, { ...problem, opening, waves }, saved);
  }

  get finished(): boolean {
    return this.series.finished;
  }

  /** Images of a training step. */
  get imagesPerStep(): number {
    return raceRecipe(this.problem.views[0]!.training.length, 1).batch;
  }

  /** Trainings that have ended, and those that there will be. */
  get trainings(): { readonly done: number; readonly expected: number } {
    return { done: this.series.results.length, expected: this.plan.expected };
  }

  /** Work that is done, of the trainings that have ended and the epochs of the one under way, and that of the whole race. */
  get work(): { readonly done: Work; readonly expected: Work } {
    const works = this.foreseen;
    const done = this.series.results.length;
    const total = (list: readonly Work[]): Work => list.reduce((sum, work) => sum + work, 0);
    const running = this.plan.trainings[done];
    const ofRunning = running ? (works[done]! * this.series.epoch) / running.epochs : 0;
    return { done: total(works.slice(0, done)) + ofRunning, expected: total(works) };
  }

  /** Work of a step of the training that is under way. */
  get stepWork(): Work {
    const { entrant } = this.plan.trainings[this.series.results.length]!;
    return trainingWork(this.problem.forward[entrant]!, { training: this.imagesPerStep, judging: 0, epochs: 1 });
  }

  /** The training that is under way. */
  get current(): { readonly candidate: RaceCandidate; readonly epoch: number; readonly epochs: number } | null {
    const training = this.plan.trainings[this.series.results.length];
    if (!training) return null;
    return { candidate: this.standing()[training.entrant]!, epoch: this.series.epoch, epochs: training.epochs };
  }

  /** A training step or a slice of judging. */
  async advance(): Promise<SeriesStep> {
    return await this.series.advance();
  }

  standing(): RaceCandidate[] {
    return standing(this.problem, this.plan.trainings, this.series.results);
  }

  /** What the finished race answers. */
  verdict(): RaceVerdict {
    const { entrants, space, budget } = this.problem;
    const { results } = this.series;
    const { trainings } = this.plan;
    const findings = verdictOf({
      entrants,
      references: findReferences(entrants, space, budget),
      first: firstEvidence(this.problem, trainings, results),
      earlier: earlierScores(trainings, results),
      final: finalEvidence(this.problem, trainings, results),
      smallest: this.settings.smallest,
    });
    return { ...findings, sentence: sentence(findings, this.standing(), budget) };
  }

  async snapshot(): Promise<Snapshot> {
    const { values, arrays } = await this.series.snapshot();
    const { entrants, opening, waves, work } = this.problem;
    return { values: asValues({ rules: RULES, entrants, opening, waves, work, series: values }), arrays };
  }

  dispose(): void {
    this.series.dispose();
  }

  private next(results: readonly TrainingResult[]): PlannedTraining | null {
    this.problem = grown(this.problem, results);
    const training = planRace(this.problem, results).trainings[results.length];
    return training ? toPlanned(this.problem, training) : null;
  }

  private get plan(): RacePlan {
    return this.knowledge.plan;
  }

  private get foreseen(): readonly Work[] {
    return this.knowledge.foreseen;
  }

  /** Found out once after each result. */
  private get knowledge(): NonNullable<Race['known']> {
    const { results } = this.series;
    if (this.known?.results !== results.length) {
      const { problem } = this;
      const [plan, foreseen] = [planRace(problem, results), foreseenWork(problem, results)];
      this.known = { results: results.length, plan, foreseen };
    }
    return this.known;
  }
}

/** Before any entrant is predicted. @param work that the whole race may cost */
function openingOf(
  { space, budget, seed }: RaceSettings,
  dataset: TrainingDataset,
  entrants: readonly Entrant[],
  work: Work,
): RaceProblem {
  const { size } = dataset;
  const views = judgingViews(dataset, createRandom(seed, 'race/folds'));
  const of = { space, budget, seed, entrants, work, size, views };
  return { ...of, opening: firstRung(entrants).length, waves: 0, forward: forwardWorks(space, entrants, size) };
}
