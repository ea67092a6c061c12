import { z } from 'zod';
import { createRandom, restoreRandom, type Random } from '../compute/random.js';
import type { Snapshot } from '../compute/snapshot.js';
import type { TrainingDataset } from '../datasets/dataset.js';
import { halves } from '../datasets/split.js';
import { asValues, groupOf, randomState, valuesOf, withPrefix } from '../learning/snapshot-codec.js';
import { genotypeKey, liveGenotype } from '../space/live-edges.js';
import { planNetwork } from '../space/network-plan.js';
import { countParameters } from '../space/parameter-count.js';
import { UniformSampler } from '../space/uniform-sampling.js';
import { recipeFor } from '../training/recipe-defaults.js';
import { Trainer } from '../training/trainer.js';
import type { Turn } from '../training/turn.js';
import type { Candidate } from '../vocabulary/candidate.js';
import { genotypeSchema, type Genotype } from '../vocabulary/space.js';
import type { EpochReport, Trace } from '../vocabulary/trace.js';
import type { Search, SearchProblem } from './method.js';

const trainedSchema = z.object({
  genotype: genotypeSchema,
  /** Validation AUC after the last epoch, accuracy where the part has no AUC; larger is better. */
  score: z.number(),
  /** Validation loss. */
  loss: z.number(),
});
export type TrainedNetwork = Readonly<z.infer<typeof trainedSchema>>;

const stateSchema = z.object({
  epoch: z.int().min(0),
  random: randomState,
  /** Networks that were trained, the oldest first. */
  trained: z.array(trainedSchema),
  /** Networks to be trained; the first is being trained. Empty at the end. */
  queue: z.array(genotypeSchema),
  /** How often networks were proposed. */
  rounds: z.int().min(0),
  training: z.record(z.string(), z.json()).nullable(),
});
type State = z.infer<typeof stateSchema>;

/** Which networks a sequential search trains. */
export interface Proposer {
  /** Where candidates come from, as `Candidate.source` names it; also the name of its stream of random numbers. */
  readonly source: string;
  /** Epochs of each training; what is left over is spread over the first ones. */
  readonly trainingEpochs: number;
  /**
   * The networks to be trained next, inside the budget; what was trained before is left out of them, and when none is
   * left, one is drawn uniformly.
   */
  propose(sequence: Sequence): readonly Genotype[];
}

/** A sequential search between two trainings. */
export interface Sequence {
  /** The oldest first. */
  readonly trained: readonly TrainedNetwork[];
  /** How often networks were proposed before. */
  readonly round: number;
  /** How many networks the whole search trains. */
  readonly networks: number;
  readonly random: Random;
  /** Uniform over the networks of the budget. */
  readonly sampler: UniformSampler;
}

/** The best first. */
export const better = (a: TrainedNetwork, b: TrainedNetwork): number => b.score - a.score || a.loss - b.loss;

/**
 * Trains one network after another from scratch, each chosen by what the ones before were worth. A step is a training step of one
 * network on the weight half; each epoch ends with its validation on the other half. No network is trained twice.
 */
export class SequentialSearch implements Search {
  readonly imagesPerStep: number;
  readonly stepsPerEpoch: number;
  private readonly sampler: UniformSampler;
  private trainer: Trainer | null = null;

  private constructor(
    private readonly problem: SearchProblem,
    private readonly proposer: Proposer,
    private readonly dataset: TrainingDataset,
    private readonly random: Random,
    private readonly state: Omit<State, 'random' | 'training'>,
    private training: Snapshot | null,
  ) {
    const images = dataset.parts.train.images.count;
    this.imagesPerStep = Math.min(problem.batch, images);
    this.stepsPerEpoch = Math.floor(images / this.imagesPerStep);
    this.sampler = new UniformSampler(problem.space, problem.budget);
    if (!this.finished) this.fillQueue();
  }

  /** @throws UserError `checkpoint-content`, `search-budget` */
  static open(problem: SearchProblem, proposer: Proposer, saved: Snapshot | null): SequentialSearch {
    const { seed } = problem;
    const dataset = halves(problem.dataset, createRandom(seed, 'split'));
    if (!saved) {
      const start = { epoch: 0, trained: [], queue: [], rounds: 0 };
      return new SequentialSearch(problem, proposer, dataset, createRandom(seed, proposer.source), start, null);
    }
    const { random, training, ...state } = valuesOf(saved.values, stateSchema);
    const running = training && { values: training, arrays: groupOf(saved.arrays, 'training/') };
    return new SequentialSearch(problem, proposer, dataset, restoreRandom(random), state, running);
  }

  /** Epochs that have ended, over all networks. */
  get epoch(): number {
    return this.state.epoch;
  }

  get step(): number {
    return this.trainer?.step ?? Number(this.training?.values['step'] ?? 0);
  }

  get finished(): boolean {
    return this.epoch >= this.problem.epochs;
  }

  async advance(turn?: Turn): Promise<{ loss: number; report: EpochReport | null }> {
    this.trainer ??= this.openTrainer();
    const { loss, report } = await this.trainer.advance(turn);
    if (!report) return { loss, report };
    this.state.epoch++;
    if (this.trainer.finished) {
      const { validationAuc, validationAccuracy, validationLoss } = report;
      const score = Number.isNaN(validationAuc) ? validationAccuracy! : validationAuc!;
      this.state.trained.push({ genotype: this.state.queue.shift()!, score, loss: validationLoss! });
      this.dispose();
      this.training = null;
      if (this.finished) this.state.queue = [];
      else this.fillQueue();
    }
    return { loss, report: { ...report, epoch: this.epoch } };
  }

  async snapshot(): Promise<Snapshot> {
    if (this.trainer) this.training = await this.trainer.snapshot();
    const { state, training } = this;
    const { trained, queue } = state;
    const lists = { trained: [...trained], queue: [...queue] };
    const values = asValues({ ...state, ...lists, random: this.random.state(), training: training?.values ?? null });
    return { values, arrays: training ? withPrefix('training/', training.arrays) : {} };
  }

  trace(): Trace {
    const { trained, queue } = this.state;
    const best = [...trained].sort(better)[0];
    const expectedParameters = countParameters(this.problem.space, best?.genotype ?? queue[0]!);
    const values = { networks: trained.length, expectedParameters, bestScore: best?.score ?? 0 };
    return { epoch: Math.max(1, this.epoch), values, tables: {} };
  }

  async candidates(): Promise<readonly Candidate[]> {
    const { trained, queue } = this.state;
    const running = queue.slice(0, 1).map((genotype) => ({ genotype, score: 0, loss: Infinity }));
    return [...[...trained].sort(better), ...running].map(({ genotype, score }) => {
      const parameters = countParameters(this.problem.space, genotype);
      return { genotype: liveGenotype(genotype), parameters, source: this.proposer.source, score };
    });
  }

  dispose(): void {
    this.trainer?.dispose();
    this.trainer = null;
  }

  /** Networks that the epochs allow. */
  private get networks(): number {
    const { epochs } = this.problem;
    return Math.max(1, Math.min(this.sampler.size, Math.floor(epochs / this.proposer.trainingEpochs)));
  }

  private fillQueue(): void {
    const { state, random, sampler, networks } = this;
    if (state.queue.length > 0) return;
    const known = new Set(state.trained.map(({ genotype }) => genotypeKey(genotype)));
    const sequence = { trained: state.trained, round: state.rounds++, networks, random, sampler };
    for (const genotype of this.proposer.propose(sequence)) {
      const key = genotypeKey(genotype);
      if (!known.has(key)) state.queue.push(genotype);
      known.add(key);
    }
    while (state.queue.length === 0) {
      const drawn = sampler.draw(random);
      if (!known.has(genotypeKey(drawn))) state.queue.push(drawn);
    }
  }

  private openTrainer(): Trainer {
    const { dataset, networks, problem, training } = this;
    const { space, seed, batch } = problem;
    const number = this.state.trained.length;
    const epochs = Math.floor(problem.epochs / networks) + Number(number < problem.epochs % networks);
    const recipe = { ...recipeFor(dataset.parts.train.images.count, epochs), batch };
    const plan = planNetwork(space, liveGenotype(this.state.queue[0]!));
    if (training) return Trainer.restore(dataset, plan, recipe, training);
    return Trainer.create(dataset, plan, recipe, seed + number);
  }
}
