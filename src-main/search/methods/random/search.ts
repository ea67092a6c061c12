import { createRandom } from '../../../compute/random.js';
import type { Snapshot } from '../../../compute/snapshot.js';
import { halves } from '../../../datasets/split.js';
import { genotypeKey } from '../../../space/live-edges.js';
import { countParameters } from '../../../space/parameter-count.js';
import { UniformSampler } from '../../../space/uniform-sampling.js';
import { recipeFor } from '../../../training/recipe-defaults.js';
import type { Turn } from '../../../training/turn.js';
import type { Candidate } from '../../../vocabulary/candidate.js';
import type { Genotype } from '../../../vocabulary/space.js';
import type { EpochReport, Trace } from '../../../vocabulary/trace.js';
import { halvingRungs } from '../../halving-rungs.js';
import { SuccessiveHalving } from '../../successive-halving.js';
import type { Search, SearchProblem } from '../../method.js';
import type { RandomSettings } from './settings.js';

/** A step is a training step of one network on the weight half; each epoch ends with its validation on the other half. */
export class RandomSearch implements Search {
  readonly imagesPerStep: number;
  readonly stepsPerEpoch: number;

  private constructor(
    private readonly problem: SearchProblem,
    private readonly halving: SuccessiveHalving,
    images: number,
  ) {
    this.imagesPerStep = Math.min(problem.batch, images);
    this.stepsPerEpoch = Math.floor(images / this.imagesPerStep);
  }

  /** @throws UserError `checkpoint-content` */
  static open(problem: SearchProblem, { networks }: RandomSettings, saved: Snapshot | null): RandomSearch {
    const { space, budget, seed, batch } = problem;
    const dataset = halves(problem.dataset, createRandom(seed, 'split'));
    const sampler = new UniformSampler(space, budget);
    const rungs = halvingRungs(problem.epochs, Math.min(networks, sampler.size));
    const epochs = rungs.reduce((sum, rung) => sum + rung.epochs, 0);
    const recipe = { ...recipeFor(dataset.parts.train.images.count, epochs), batch };
    const settings = { dataset, space, recipe, rungs, seed };
    const random = createRandom(seed, 'architectures');
    const drawn = new Map<string, Genotype>();
    while (!saved && drawn.size < rungs[0]!.networks) {
      const genotype = sampler.draw(random);
      drawn.set(genotypeKey(genotype), genotype);
    }
    const halving = saved
      ? SuccessiveHalving.restore(settings, saved)
      : SuccessiveHalving.create(settings, [...drawn.values()]);
    return new RandomSearch(problem, halving, dataset.parts.train.images.count);
  }

  get epoch(): number {
    return this.halving.epoch;
  }

  get step(): number {
    return this.halving.step;
  }

  get finished(): boolean {
    return this.halving.finished;
  }

  async advance(turn?: Turn): Promise<{ loss: number; report: EpochReport | null }> {
    const { loss, report } = await this.halving.advance(turn);
    return { loss, report: report && { ...report, epoch: this.epoch } };
  }

  snapshot(): Promise<Snapshot> {
    return this.halving.snapshot();
  }

  trace(): Trace {
    const { networks, ranking, epoch } = this.halving;
    const { genotype, score } = ranking[0]!;
    const expectedParameters = countParameters(this.problem.space, genotype);
    return { epoch: Math.max(1, epoch), values: { networks, expectedParameters, bestScore: score }, tables: {} };
  }

  async candidates(): Promise<readonly Candidate[]> {
    return this.halving.ranking.map(({ genotype, score }) => {
      return { genotype, parameters: countParameters(this.problem.space, genotype), source: 'drawn', score };
    });
  }

  dispose(): void {
    this.halving.dispose();
  }
}
