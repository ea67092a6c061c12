import { z } from 'zod';
import type { Snapshot } from '../compute/snapshot.js';
import type { Dataset } from '../datasets/dataset.js';
import type { Search } from '../search/method.js';
import { searchMethod } from '../search/methods/registry.js';
import { insideBudget } from '../space/inside-budget.js';
import { countMultiplyAccumulates } from '../space/parameter-count.js';
import type { Turn } from '../training/turn.js';
import type { Candidate } from '../vocabulary/candidate.js';
import type { EpochRecord } from '../vocabulary/events.js';
import type { SearchResult } from '../vocabulary/results.js';
import type { SearchConfig } from '../vocabulary/run-config.js';
import type { EpochReport } from '../vocabulary/trace.js';
import { checkpointValues } from './checkpoint-values.js';
import type { JobContext } from './job.js';
import { Pace, paceStateSchema, type PaceState } from './pace.js';
import { foreseenRaceShare } from './race-phase.js';
import { searchProblem } from './search-problem.js';

/** What a finished search hands over. */
export interface Found {
  /** What the search by itself answers. */
  readonly search: SearchResult;
  /** Its best guess first. */
  readonly candidates: readonly Candidate[];
  readonly pace: PaceState;
  readonly stepsPerEpoch: number;
}

/** The search itself, as the first half of its job. */
export class SearchPhase {
  private constructor(
    private readonly config: SearchConfig,
    private readonly context: JobContext,
    private readonly search: Search,
    private readonly pace: Pace,
    private readonly imageSize: number,
    /** Work of the race that follows as a share of the search's; 0 without one. */
    private readonly raceShare: number,
  ) {}

  /** @param saved of an earlier process, null for a new search @throws UserError `checkpoint-unreadable`, `checkpoint-content` */
  static async open(
    config: SearchConfig,
    context: JobContext,
    dataset: Dataset,
    saved: { readonly snapshot: Snapshot; readonly file: string } | null,
  ): Promise<SearchPhase> {
    const method = searchMethod(config.method);
    const search = await method.open(searchProblem(config, dataset), config.settings, saved?.snapshot ?? null);
    const { stepsPerEpoch, imagesPerStep } = search;
    const totalSteps = config.epochs * stepsPerEpoch;
    const kept = saved && checkpointValues(z.object({ pace: paceStateSchema }), saved.snapshot.values, saved.file);
    const pace = Pace.restore(kept?.pace ?? null, { totalSteps, stepsPerEpoch, imagesPerStep });
    const raceShare = config.race === null ? 0 : foreseenRaceShare(config, dataset);
    return new SearchPhase(config, context, search, pace, dataset.size, raceShare);
  }

  get stepsPerEpoch(): number {
    return this.search.stepsPerEpoch;
  }

  /** Finished epochs. */
  get epoch(): number {
    return this.search.epoch;
  }

  /** Runs to the end, with a checkpoint after every epoch. @throws what `turn` throws */
  async run(turn: Turn): Promise<Found> {
    const { config, search, pace, imageSize } = this;
    while (!search.finished) await this.advance(turn);
    const candidates = await search.candidates(turn);
    pace.pause();
    const result = searchResult(config, search, candidates[0]!, { imageSize, seconds: pace.totalSeconds });
    return { search: result, candidates, pace: pace.state(), stepsPerEpoch: search.stepsPerEpoch };
  }

  async save(): Promise<void> {
    await this.context.checkpoints.save(this.search.epoch, await this.snapshot());
  }

  dispose(): void {
    this.search.dispose();
  }

  private async advance(turn: Turn): Promise<void> {
    const { config, context, search, pace } = this;
    await turn();
    const epoch = search.epoch + 1;
    const step = search.step + 1;
    const { loss, report } = await search.advance(turn);
    pace.step(report !== null);
    if (report === null) {
      if (pace.due()) {
        const { stepsPerEpoch } = search;
        const { imagesPerSecond } = pace;
        const secondsLeft = this.secondsLeft();
        context.emit({ type: 'progress', epoch, step, stepsPerEpoch, loss, imagesPerSecond, secondsLeft });
      }
      return;
    }
    const record = epochRecord(config, report, pace);
    const trace = search.trace();
    const checkpoint = await context.checkpoints.save(report.epoch, await this.snapshot(), { record, trace });
    context.emit({ type: 'epoch', record, trace, checkpoint });
    pace.pause();
  }

  /** Of the search and the race that follows. */
  private secondsLeft(): number | null {
    const left = this.pace.secondsLeft;
    return left && left + this.raceShare * (this.pace.totalSeconds + left);
  }

  private async snapshot(): Promise<Snapshot> {
    const { values, arrays } = await this.search.snapshot();
    return { values: { ...values, pace: this.pace.state() }, arrays };
  }
}

function epochRecord(config: SearchConfig, report: EpochReport, pace: Pace): EpochRecord {
  const { epoch, loss, accuracy, validationLoss, validationAccuracy, validationAuc, learningRate } = report;
  const { seconds, imagesPerSecond } = pace.endEpoch();
  return {
    seed: config.seed,
    ...{ epoch, loss, accuracy, validationLoss, validationAccuracy, validationAuc, learningRate },
    ...{ imagesPerSecond, seconds },
  };
}

function searchResult(
  config: SearchConfig,
  search: Search,
  { genotype, parameters }: Candidate,
  { imageSize, seconds }: { readonly imageSize: number; readonly seconds: number },
): SearchResult {
  const { space, budget } = config;
  return {
    kind: 'search',
    genotype,
    parameters,
    multiplyAccumulates: countMultiplyAccumulates(space, genotype, imageSize),
    expectedParameters: search.trace().values['expectedParameters'] ?? null,
    budget: { ...budget, met: insideBudget(budget, parameters) },
    seconds,
    searchGenotype: genotype,
    race: null,
    verdict: null,
  };
}
