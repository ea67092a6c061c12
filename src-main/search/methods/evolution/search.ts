import { z } from 'zod';
import { createRandom, restoreRandom, type Random } from '../../../compute/random.js';
import type { Snapshot } from '../../../compute/snapshot.js';
import type { TrainingDataset } from '../../../datasets/dataset.js';
import { halves } from '../../../datasets/split.js';
import { asValues, groupOf, randomState, valuesOf, withPrefix } from '../../../learning/snapshot-codec.js';
import { genotypeKey, liveGenotype } from '../../../space/live-edges.js';
import { planNetwork } from '../../../space/network-plan.js';
import { countParameters } from '../../../space/parameter-count.js';
import { UniformSampler } from '../../../space/uniform-sampling.js';
import { recipeFor } from '../../../training/recipe-defaults.js';
import { Trainer } from '../../../training/trainer.js';
import type { Turn } from '../../../training/turn.js';
import type { Candidate } from '../../../vocabulary/candidate.js';
import { genotypeSchema, type Genotype } from '../../../vocabulary/space.js';
import type { EpochReport, Trace } from '../../../vocabulary/trace.js';
import type { Search, SearchProblem } from '../../method.js';
import { mutated } from './mutation.js';
import type { EvolutionSettings } from './settings.js';

const entrySchema = z.object({
  genotype: genotypeSchema,
  /** Validation AUC after the last epoch, accuracy where the part has no AUC; larger is better. */
  score: z.number(),
  /** Validation loss. */
  loss: z.number(),
});
type Entry = Readonly<z.infer<typeof entrySchema>>;

const stateSchema = z.object({
  epoch: z.int().min(0),
  random: randomState,
  /** Networks that were trained, the oldest first. */
  trained: z.array(entrySchema),
  /** The network that is being trained, null at the end. */
  current: genotypeSchema.nullable(),
  training: z.record(z.string(), z.json()).nullable(),
});

/** The best first. */
const better = (a: Entry, b: Entry): number => b.score - a.score || a.loss - b.loss;

/** A step is a training step of one network on the weight half; each epoch ends with its validation on the other half. */
export class EvolutionSearch implements Search {
  readonly imagesPerStep: number;
  readonly stepsPerEpoch: number;
  private readonly sampler: UniformSampler;
  private trainer: Trainer | null = null;

  private constructor(
    private readonly problem: SearchProblem,
    private readonly settings: EvolutionSettings,
    private readonly dataset: TrainingDataset,
    private readonly random: Random,
    private readonly trained: Entry[],
    /** Epochs that have ended, over all networks. */
    public epoch: number,
    private current: Genotype | null,
    private training: Snapshot | null,
  ) {
    const images = dataset.parts.train.images.count;
    this.imagesPerStep = Math.min(problem.batch, images);
    this.stepsPerEpoch = Math.floor(images / this.imagesPerStep);
    this.sampler = new UniformSampler(problem.space, problem.budget);
  }

  /** @throws UserError `checkpoint-content`, `search-budget` */
  static open(problem: SearchProblem, settings: EvolutionSettings, saved: Snapshot | null): EvolutionSearch {
    const { seed } = problem;
    const dataset = halves(problem.dataset, createRandom(seed, 'split'));
    if (!saved) {
      const random = createRandom(seed, 'evolution');
      const search = new EvolutionSearch(problem, settings, dataset, random, [], 0, null, null);
      search.current = search.next();
      return search;
    }
    const { epoch, random, trained, current, training } = valuesOf(saved.values, stateSchema);
    const running = training && { values: training, arrays: groupOf(saved.arrays, 'training/') };
    return new EvolutionSearch(problem, settings, dataset, restoreRandom(random), trained, epoch, current, running);
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
    this.epoch++;
    if (this.trainer.finished) {
      const { validationAuc, validationAccuracy, validationLoss } = report;
      const score = Number.isNaN(validationAuc) ? validationAccuracy! : validationAuc!;
      this.trained.push({ genotype: this.current!, score, loss: validationLoss! });
      this.dispose();
      this.training = null;
      this.current = this.finished ? null : this.next();
    }
    return { loss, report: { ...report, epoch: this.epoch } };
  }

  async snapshot(): Promise<Snapshot> {
    if (this.trainer) this.training = await this.trainer.snapshot();
    const { epoch, trained, current, training } = this;
    const random = this.random.state();
    const values = asValues({ epoch, random, trained: [...trained], current, training: training?.values ?? null });
    return { values, arrays: training ? withPrefix('training/', training.arrays) : {} };
  }

  trace(): Trace {
    const best = [...this.trained].sort(better)[0];
    const expectedParameters = countParameters(this.problem.space, best?.genotype ?? this.current!);
    const values = { networks: this.trained.length, expectedParameters, bestScore: best?.score ?? 0 };
    return { epoch: Math.max(1, this.epoch), values, tables: {} };
  }

  async candidates(): Promise<readonly Candidate[]> {
    const running = this.current ? [{ genotype: this.current, score: 0, loss: Infinity }] : [];
    return [...[...this.trained].sort(better), ...running].map(({ genotype, score }) => {
      const parameters = countParameters(this.problem.space, genotype);
      return { genotype: liveGenotype(genotype), parameters, source: 'evolved', score };
    });
  }

  dispose(): void {
    this.trainer?.dispose();
    this.trainer = null;
  }

  /** Networks that the epochs allow. */
  private get networks(): number {
    const { epochs } = this.problem;
    return Math.max(1, Math.min(this.sampler.size, Math.floor(epochs / this.settings.trainingEpochs)));
  }

  /** The next network: drawn uniformly until the population is full, then a child. */
  private next(): Genotype {
    const { trained, random, settings, problem } = this;
    const known = new Set(trained.map(({ genotype }) => genotypeKey(genotype)));
    if (trained.length >= settings.population) {
      // the oldest have left
      const population = trained.slice(-settings.population);
      const sample = Array.from({ length: settings.sample }, () => population[random.integer(population.length)]!);
      const child = mutated(problem.space, problem.budget, sample.sort(better)[0]!.genotype, known, random);
      if (child) return child;
    }
    for (;;) {
      const drawn = this.sampler.draw(random);
      if (!known.has(genotypeKey(drawn))) return drawn;
    }
  }

  private openTrainer(): Trainer {
    const { dataset, networks, problem, training } = this;
    const { space, seed, batch } = problem;
    const number = this.trained.length;
    const epochs = Math.floor(problem.epochs / networks) + Number(number < problem.epochs % networks);
    const recipe = { ...recipeFor(dataset.parts.train.images.count, epochs), batch };
    const plan = planNetwork(space, liveGenotype(this.current!));
    if (training) return Trainer.restore(dataset, plan, recipe, training);
    return Trainer.create(dataset, plan, recipe, seed + number);
  }
}
