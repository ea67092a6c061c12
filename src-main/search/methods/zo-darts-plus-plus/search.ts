import { z } from 'zod';
import { createRandom, restoreRandom, type Random } from '../../../compute/random.js';
import type { Snapshot } from '../../../compute/snapshot.js';
import { disposeBatch } from '../../../learning/batch-stream.js';
import { arrayOf, asValues, randomState, valuesOf } from '../../../learning/snapshot-codec.js';
import type { ArchitectureTable } from '../../../space/architecture-table.js';
import type { EpochReport, Trace } from '../../../vocabulary/trace.js';
import { adamGrow, adamRestore, adamStart, adamStep, type AdamState } from '../../adam.js';
import { Architecture } from '../../architecture.js';
import { Learner } from '../../learner.js';
import { measureRound, ROUND_STEPS } from '../../zeroth-order-round.js';
import { supernetParts, SupernetSearch, type SupernetParts } from '../../supernet-search.js';
import type { SearchProblem } from '../../method.js';
import { parameterRange } from '../../../space/parameter-count.js';
import { expectedParameters } from '../../expected-parameters.js';
import { boundsAt, moveInside } from './budget-constraint.js';
import { budgetGradient, penaltyGradient } from './budget-term.js';
import { estimatedLength, lossGradient } from './estimate.js';
import { OutlierCut, outlierCutState } from './outlier-cut.js';
import { allPaths, drawPaths, type Paths } from './paths.js';
import { drawRound, extendRound, type RoundDraws } from './round.js';
import { growthEpoch, shareAfter, temperatureAt, warmupEpochs } from './schedule.js';
import type { ZoDartsPlusPlusSettings } from './settings.js';

/**
 * Temperature at which proposals are drawn, in units of the last one. Of the edges and kernels of a draw some 60 % are then as
 * in the most probable architecture; at the last temperature 70 to 90 % are.
 */
const DRAWING_TEMPERATURE = 3;

/** The part of a snapshot that is not arrays, beside what every search over the supernet keeps. */
const searchValues = z.object({
  random: randomState,
  outliers: outlierCutState,
  round: z.strictObject({ distance: z.number(), steps: z.int().min(0) }).nullable(),
  /** P(a) when the supernet grew, null before; checkpoints of earlier versions have neither it nor `paths`. */
  atGrowth: z.number().nullable().default(null),
});

/** A round that is running: the twin, how it was moved, what both compute, and the steps that they have taken. */
interface Round {
  readonly twin: Learner;
  readonly perturbation: RoundDraws;
  readonly steps: number;
}

/** ZO-DARTS++ (arXiv 2503.06092). A step is one of the weights, of net and twin; the tenth of a round moves the architecture. */
export class ZoDartsPlusPlusSearch extends SupernetSearch {
  private constructor(
    parts: SupernetParts,
    private readonly settings: ZoDartsPlusPlusSettings,
    private readonly random: Random,
    public architecture: Architecture,
    protected adam: AdamState,
    private readonly outliers: OutlierCut,
    private round: Round | null,
    private atGrowth: number | null,
  ) {
    super(parts);
  }

  /** @throws UserError `checkpoint-content` */
  static open(
    problem: SearchProblem,
    settings: ZoDartsPlusPlusSettings,
    saved: Snapshot | null,
  ): ZoDartsPlusPlusSearch {
    const { space, seed } = problem;
    const parts = supernetParts(problem, saved, () => Learner.create(space, createRandom(seed, 'weights')));
    if (!saved) {
      const random = createRandom(seed, 'architecture');
      const architecture = Architecture.create(space.cells, random);
      const adam = adamStart(architecture.vector.length);
      return new ZoDartsPlusPlusSearch(parts, settings, random, architecture, adam, OutlierCut.create(), null, null);
    }
    const { arrays } = saved;
    const { random, outliers, round, atGrowth } = valuesOf(saved.values, searchValues);
    const architecture = Architecture.restore(space.cells, arrays);
    return new ZoDartsPlusPlusSearch(
      parts,
      settings,
      restoreRandom(random),
      architecture,
      adamRestore(arrays, 'adam/'),
      OutlierCut.restore(outliers),
      round && {
        twin: Learner.fromArrays(space, arrays, 'twin/'),
        perturbation: {
          direction: arrayOf(arrays, 'direction', Float64Array).slice(),
          distance: round.distance,
          paths:
            'paths' in arrays ? arrayOf(arrays, 'paths', Uint8Array).slice() : allPaths(architecture.vector.length),
        },
        steps: round.steps,
      },
      atGrowth,
    );
  }

  /** Net and twin. */
  get imagesPerStep(): number {
    return 2 * this.parts.data.weights.batch;
  }

  /** T of the last step that was taken. */
  get temperature(): number {
    const { epoch, step } = this.parts.progress.last;
    return this.temperatureOf(epoch + step / this.stepsPerEpoch);
  }

  async advance(): Promise<{ loss: number; report: EpochReport | null }> {
    const { data, net, progress, problem } = this.parts;
    if (this.step === 0 && this.epoch === growthEpoch(problem.epochs, this.settings)) this.grow();
    const temperature = this.temperatureOf(progress.done);
    if (this.epoch >= warmupEpochs(problem.epochs, this.settings)) this.round ??= await this.startRound(temperature);
    const options = { learningRate: progress.learningRate, sparse: problem.sparse };
    const raw = data.weights.next();
    const batch = data.weights.toBackend(raw);
    const computed = this.architecture.restrictedTo(this.round?.perturbation.paths ?? this.drawPaths(temperature));
    const outcome = await net.step(batch, computed.probabilities(temperature), options);
    if (this.round) {
      const { twin, perturbation, steps } = this.round;
      const moved = computed.moved(perturbation.direction, perturbation.distance);
      progress.requireFinite((await twin.step(batch, moved.probabilities(temperature), options)).loss);
      this.round = { twin, perturbation, steps: steps + 1 };
    }
    disposeBatch(batch);
    progress.requireFinite(outcome.loss);
    progress.add('weights', outcome, raw.targets, batch.task);
    if (this.round?.steps === ROUND_STEPS) await this.endRound(this.round, temperature);
    return { loss: outcome.loss, report: progress.count() };
  }

  /** Gives up the round that is under way, for measurements: the next step begins another one. */
  endRoundEarly(): void {
    this.round?.twin.dispose();
    this.round = null;
  }

  override async snapshot(): Promise<Snapshot> {
    const { values, arrays } = await super.snapshot();
    const own: z.infer<typeof searchValues> = {
      random: this.random.state(),
      outliers: this.outliers.state(),
      round: this.round && { distance: this.round.perturbation.distance, steps: this.round.steps },
      atGrowth: this.atGrowth,
    };
    const twin = this.round && (await this.round.twin.arrays('twin/'));
    const drawn = this.round && {
      direction: this.round.perturbation.direction.slice(),
      paths: this.round.perturbation.paths.slice(),
    };
    return { values: { ...values, ...asValues(own) }, arrays: { ...arrays, ...twin, ...drawn } };
  }

  override trace(): Trace {
    const { epoch, values, tables } = super.trace();
    const { temperature, architecture } = this;
    return { epoch, values: { phase: architecture.grown ? 2 : 1, temperature, ...values }, tables };
  }

  override dispose(): void {
    super.dispose();
    this.endRoundEarly();
  }

  protected get probabilities(): ArchitectureTable {
    return this.architecture.probabilities(this.temperature);
  }

  private temperatureOf(progress: number): number {
    return temperatureAt(progress, this.parts.problem.epochs, this.settings.temperature);
  }

  private grow(): void {
    if (this.architecture.grown) return;
    this.parts.net.grow();
    this.architecture = this.architecture.grow(this.random);
    const { length } = this.architecture.vector;
    this.adam = adamGrow(this.adam, length);
    const probabilities = this.architecture.probabilities(this.temperatureOf(this.epoch));
    this.atGrowth = expectedParameters(this.parts.problem.space, probabilities).value;
    if (!this.round) return;
    const { twin, perturbation, steps } = this.round;
    twin.grow();
    this.round = { twin, perturbation: extendRound(perturbation, length), steps };
  }

  private async startRound(temperature: number): Promise<Round> {
    const perturbation = drawRound(this.architecture, this.drawPaths(temperature), this.random);
    return { twin: await this.parts.net.clone(), perturbation, steps: 0 };
  }

  private drawPaths(temperature: number): Paths {
    const { architecture, settings, random } = this;
    if (settings.paths === 'all') return allPaths(architecture.vector.length);
    return drawPaths(architecture.probabilities(temperature), architecture.cells, random);
  }

  /** One Adam step of the architecture by what the round has measured. */
  private async endRound({ twin, perturbation }: Round, temperature: number): Promise<void> {
    const { settings, architecture } = this;
    const { data, net, progress, problem } = this.parts;
    const { space, budget, sparse } = problem;
    const { direction } = perturbation;
    const raw = data.architecture.next();
    const batch = data.architecture.toBackend(raw);
    const computed = architecture.restrictedTo(perturbation.paths);
    const measured = await measureRound(net, twin, computed, perturbation, batch, { temperature, sparse });
    disposeBatch(batch);
    twin.dispose();
    this.round = null;
    progress.add('architecture', measured, raw.targets, batch.task);
    const length = estimatedLength(settings.estimator, measured);
    progress.requireFinite(length);
    const factor = settings.outlierCut ? this.outliers.factor(length) : 1;
    let gradient = lossGradient(settings.estimator, measured, direction, factor);
    if (architecture.grown) {
      const probabilities = architecture.probabilities(temperature);
      const penalty = penaltyGradient(space, budget, architecture, probabilities, temperature);
      const term = budgetGradient(settings.budgetTerm, penalty, direction);
      gradient = gradient.map((g, i) => g + term[i]!);
    }
    adamStep(architecture.vector, gradient, this.adam);
    if (settings.budgetTerm === 'constraint' && this.atGrowth !== null) {
      const done = shareAfter(growthEpoch(problem.epochs, settings), progress.done, problem.epochs);
      const bounds = boundsAt(budget, parameterRange(space), this.atGrowth, done);
      moveInside(space, bounds, architecture, temperature);
    }
  }

  protected override get ranksBySupernet(): boolean {
    return this.settings.ranking;
  }

  /** Where the supernet ranks, proposals may differ: at the last temperature they are hardly more than one architecture. */
  protected override get drawn(): ArchitectureTable {
    if (!this.settings.ranking) return this.probabilities;
    return this.architecture.probabilities(DRAWING_TEMPERATURE * this.temperature);
  }
}
