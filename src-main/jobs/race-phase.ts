import { z } from 'zod';
import type { Snapshot } from '../compute/snapshot.js';
import type { TrainingDataset } from '../datasets/dataset.js';
import { asValues } from '../learning/snapshot-codec.js';
import { supernetSearchWork, type Work } from '../search/race/cost.js';
import { searchMethod } from '../search/methods/registry.js';
import { standIns } from '../search/race/candidates.js';
import { Race } from '../search/race/race.js';
import { insideBudget } from '../space/inside-budget.js';
import { countMultiplyAccumulates } from '../space/parameter-count.js';
import type { Candidate } from '../vocabulary/candidate.js';
import { measured } from '../vocabulary/numbers.js';
import { searchResultSchema, type SearchResult } from '../vocabulary/results.js';
import type { SearchConfig } from '../vocabulary/run-config.js';
import { checkpointValues } from './checkpoint-values.js';
import type { JobContext } from './job.js';
import { Pace, paceStateSchema, type PaceState } from './pace.js';
import type { Turn } from '../training/turn.js';

/** The supernet of a search has all kernel sizes for this share of its epochs; before, the largest alone. */
const GROWN_SHARE = 0.7;

const phaseValues = z.object({
  race: z.record(z.string(), z.json()),
  search: searchResultSchema,
  pace: paceStateSchema,
  /** Of the run, when the race began. */
  begun: measured,
  stepsPerEpoch: z.int(),
});

/** What a race follows on. */
interface Before {
  /** What the search by itself answers. */
  readonly search: SearchResult;
  readonly stepsPerEpoch: number;
  /** Seconds of the run, when the race began. */
  readonly begun: number;
}

/** Whether a checkpoint was made during the race. */
export function isOfRace({ values }: Snapshot): boolean {
  return 'race' in values;
}

/** The race that ends a search, as the second half of its job. */
export class RacePhase {
  private constructor(
    private readonly config: SearchConfig,
    private readonly context: JobContext,
    private readonly race: Race,
    private readonly pace: Pace,
    private readonly before: Before,
    private readonly size: number,
  ) {}

  /** @param candidates of the finished search, its best guess first  @param pace of the search  @param before its end */
  static start(
    config: SearchConfig,
    context: JobContext,
    dataset: TrainingDataset,
    { candidates, pace, ...before }: Omit<Before, 'begun'> & { candidates: readonly Candidate[]; pace: PaceState },
  ): RacePhase {
    const race = Race.create(settingsOf(config), dataset, proposalsOf(candidates), raceWork(config, dataset));
    const begun = { ...before, begun: pace.seconds };
    return new RacePhase(config, context, race, paceOf(race, pace), begun, dataset.size);
  }

  /** @throws UserError `checkpoint-unreadable`, `checkpoint-content` */
  static restore(
    config: SearchConfig,
    context: JobContext,
    dataset: TrainingDataset,
    { snapshot, file }: { readonly snapshot: Snapshot; readonly file: string },
  ): RacePhase {
    const { race: values, pace, ...before } = checkpointValues(phaseValues, snapshot.values, file);
    const saved = { values: asValues(values), arrays: snapshot.arrays };
    const race = Race.restore(settingsOf(config), dataset, saved);
    return new RacePhase(config, context, race, paceOf(race, pace), before, dataset.size);
  }

  /** Finished epochs of the search. */
  get epoch(): number {
    return this.config.epochs;
  }

  get stepsPerEpoch(): number {
    return this.before.stepsPerEpoch;
  }

  /** Runs to the end, with a checkpoint after every training. @throws what `turn` throws */
  async run(turn: Turn): Promise<SearchResult> {
    const { race, pace } = this;
    this.sayStanding();
    while (!race.finished) {
      await turn();
      const { loss, result } = await race.advance();
      pace.step();
      if (result === null) {
        if (loss !== null && pace.due()) this.sayProgress(loss);
        continue;
      }
      await this.save();
      this.sayStanding();
      pace.pause();
    }
    return this.result();
  }

  async save(): Promise<void> {
    const { values, arrays } = await this.race.snapshot();
    const phase = { race: values, pace: this.pace.state(), ...this.before };
    await this.context.checkpoints.save(this.config.epochs, { values: asValues(phase), arrays });
  }

  dispose(): void {
    this.race.dispose();
  }

  /** Also at the start and after a resume, so that who comes later sees how far the race is. */
  private sayStanding(): void {
    const { done, expected } = this.race.trainings;
    this.context.emit({ type: 'race', done, total: expected, candidates: this.race.standing() });
  }

  private sayProgress(loss: number): void {
    const { race, pace, config } = this;
    const { stepsPerEpoch } = this.before;
    const current = race.current!;
    const { done, expected } = race.work;
    const seconds = pace.totalSeconds - this.before.begun;
    const trainings = race.trainings;
    this.context.emit({
      type: 'progress',
      epoch: config.epochs,
      step: stepsPerEpoch,
      stepsPerEpoch,
      loss,
      imagesPerSecond: pace.imagesPerSecond,
      secondsLeft: done === 0 ? null : ((expected - done) * seconds) / done,
      race: {
        done: trainings.done,
        total: trainings.expected,
        label: current.candidate.label,
        epoch: Math.min(current.epoch + 1, current.epochs),
        epochs: current.epochs,
        share: done / expected,
      },
    });
  }

  private result(): SearchResult {
    const { space, budget } = this.config;
    const candidates = this.race.standing();
    const verdict = this.race.verdict();
    const { genotype, parameters } = candidates[verdict.chosen - 1]!;
    return {
      ...this.before.search,
      genotype,
      parameters,
      multiplyAccumulates: countMultiplyAccumulates(space, genotype, this.size),
      budget: { ...budget, met: insideBudget(budget, parameters) },
      seconds: this.pace.totalSeconds,
      race: candidates,
      verdict,
    };
  }
}

/** What the race of a search is measured by, whatever the method: the work of a search over the supernet that takes about as long. */
function searchWork({ space, epochs, method }: SearchConfig, dataset: TrainingDataset): Work {
  const { train, val } = dataset.parts;
  const imagesPerEpoch = Math.ceil((train.images.count + val.images.count) / 2);
  const ofSupernet = epochs / searchMethod(method).relativeEpochs;
  return supernetSearchWork(space, dataset.size, { epochs: ofSupernet, imagesPerEpoch, grown: GROWN_SHARE });
}

/** What the race of a search may cost. */
function raceWork(config: SearchConfig, dataset: TrainingDataset): Work {
  return config.race!.share * searchWork(config, dataset);
}

/** The race of a search that has not ended. */
function foreseenRace(config: SearchConfig, dataset: TrainingDataset): Race {
  const { space, budget, seed } = config;
  return Race.create(settingsOf(config), dataset, standIns(space, budget, seed), raceWork(config, dataset));
}

/** Work that the race of a search will be, as a share of the search's: near what it is given, and what the shortest race takes. */
export function foreseenRaceShare(config: SearchConfig, dataset: TrainingDataset): number {
  const race = foreseenRace(config, dataset);
  const { expected } = race.work;
  race.dispose();
  return expected / searchWork(config, dataset);
}

/**
 * Steps that warm up and steps that are timed: as many as these seconds hold, within bounds. While code is compiled, a step of a
 * small network takes three times as long as later.
 */
const WARM_UP = { seconds: 1, fewest: 2, most: 150 } as const;
const TIMED = { seconds: 1, fewest: 4, most: 150 } as const;

/**
 * Seconds that the race of a search will take, from some steps of its first trainings.
 * @param now milliseconds of a clock that never goes back
 */
export async function measureRace(
  config: SearchConfig,
  dataset: TrainingDataset,
  now: () => number = () => performance.now(),
): Promise<number> {
  const race = foreseenRace(config, dataset);
  try {
    const { expected } = race.work;
    await timeSteps(race, now, WARM_UP);
    return (await timeSteps(race, now, TIMED)) * expected;
  } finally {
    race.dispose();
  }
}

/** Mean seconds of a unit of work in training steps. */
async function timeSteps(race: Race, now: () => number, lasting: typeof WARM_UP | typeof TIMED): Promise<number> {
  let [milliseconds, work] = [0, 0];
  for (let steps = 0; steps < lasting.most && race.current; steps++) {
    if (steps >= lasting.fewest && milliseconds >= 1000 * lasting.seconds) break;
    const { stepWork } = race;
    const start = now();
    const { loss } = await race.advance();
    if (loss === null) continue;
    milliseconds += now() - start;
    work += stepWork;
  }
  return work === 0 ? 0 : milliseconds / 1000 / work;
}

function settingsOf({ space, budget, seed, race }: SearchConfig) {
  return { space, budget, seed, ...race! };
}

function proposalsOf(candidates: readonly Candidate[]) {
  return candidates.map(({ genotype, source }, i) => {
    const before = candidates.slice(0, i).filter((other) => other.source === source).length;
    const only = candidates.filter((other) => other.source === source).length === 1;
    return { genotype, label: only ? source : `${source} ${before + 1}` };
  });
}

function paceOf(race: Race, state: PaceState): Pace {
  return Pace.restore(state, { totalSteps: 0, stepsPerEpoch: 1, imagesPerStep: race.imagesPerStep });
}
