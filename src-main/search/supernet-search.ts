import { z } from 'zod';
import type { Snapshot } from '../compute/snapshot.js';
import { asValues, valuesOf, withPrefix } from '../learning/snapshot-codec.js';
import type { ArchitectureTable } from '../space/architecture-table.js';
import type { Candidate } from '../vocabulary/candidate.js';
import type { EpochReport, Trace } from '../vocabulary/trace.js';
import { adamArrays, type AdamState } from './adam.js';
import type { Architecture } from './architecture.js';
import { EpochProgress, progressState } from './epoch-progress.js';
import { Learner } from './learner.js';
import type { Genotype } from '../vocabulary/space.js';
import type { Turn } from '../training/turn.js';
import type { Search, SearchProblem } from './method.js';
import { dataSnapshot, searchData, type SearchData } from './search-data.js';
import { supernetCandidates } from './supernet-candidates.js';
import { scoringSeconds, supernetScores } from './supernet-scores.js';
import { supernetTrace } from './supernet-trace.js';

/** What every search over the supernet consists of. */
export interface SupernetParts {
  readonly problem: SearchProblem;
  readonly data: SearchData;
  readonly net: Learner;
  readonly progress: EpochProgress;
}

/**
 * Data, net and progress of a new search, or of the one whose snapshot this was.
 * @param create the net of a new search  @param channelShare that of its net, 1 as a rule
 * @throws UserError `checkpoint-content`
 */
export function supernetParts(
  problem: SearchProblem,
  saved: Snapshot | null,
  create: () => Learner,
  channelShare = 1,
): SupernetParts {
  const { space, dataset, batch, epochs, seed } = problem;
  const data = searchData(dataset, batch, seed, saved);
  const state = saved && valuesOf(saved.values, z.object({ progress: progressState })).progress;
  const net = saved ? Learner.fromArrays(space, saved.arrays, 'net/', channelShare) : create();
  return { problem, data, net, progress: new EpochProgress(epochs, data.weights.stepsPerEpoch, state) };
}

/** Of those that will be ranked. */
const TIMED_GENOTYPES = 6;

/** A search over the supernet: what its methods share. */
export abstract class SupernetSearch implements Search {
  protected constructor(protected readonly parts: SupernetParts) {}

  /** α, β, γ as they stand now. */
  abstract readonly architecture: Architecture;
  abstract readonly imagesPerStep: number;
  /** Adam on the architecture. */
  protected abstract readonly adam: AdamState;
  /** The probabilities of the last step that was taken. */
  protected abstract readonly probabilities: ArchitectureTable;

  abstract advance(): Promise<{ loss: number; report: EpochReport | null }>;

  get epoch(): number {
    return this.parts.progress.epoch;
  }

  get step(): number {
    return this.parts.progress.step;
  }

  get stepsPerEpoch(): number {
    return this.parts.progress.stepsPerEpoch;
  }

  get finished(): boolean {
    return this.parts.progress.finished;
  }

  async snapshot(): Promise<Snapshot> {
    const data = dataSnapshot(this.parts.data);
    return {
      values: { ...asValues({ progress: this.parts.progress.state() }), ...data.values },
      arrays: {
        architecture: this.architecture.vector.slice(),
        ...withPrefix('adam/', adamArrays(this.adam)),
        ...(await this.parts.net.arrays('net/')),
        ...data.arrays,
      },
    };
  }

  trace(): Trace {
    const { progress, problem } = this.parts;
    return { epoch: progress.last.epoch + 1, ...supernetTrace(problem.space, this.architecture, this.probabilities) };
  }

  async candidates(turn: Turn = async () => undefined): Promise<readonly Candidate[]> {
    const { net, problem } = this.parts;
    const rank = this.ranksBySupernet
      ? (genotypes: readonly Genotype[]) => supernetScores(net, problem, genotypes, turn)
      : null;
    return supernetCandidates(problem, { probabilities: this.probabilities, drawn: this.drawn }, rank);
  }

  /** Seconds that the ranking of the proposals takes at the end, by a few of them. */
  async rankingSeconds(): Promise<number> {
    if (!this.ranksBySupernet) return 0;
    const { net, problem } = this.parts;
    let seconds = 0;
    const timed = async (genotypes: readonly Genotype[]): Promise<readonly number[]> => {
      const some = genotypes.slice(0, TIMED_GENOTYPES);
      if (some.length > 0) seconds = genotypes.length * (await scoringSeconds(net, problem, some));
      return genotypes.map(() => 0);
    };
    await supernetCandidates(problem, { probabilities: this.probabilities, drawn: this.drawn }, timed);
    return seconds;
  }

  /** What proposals are drawn from. */
  protected get drawn(): ArchitectureTable {
    return this.probabilities;
  }

  /** Whether proposals are ranked by what the supernet's own weights make of them; by probability otherwise. */
  protected get ranksBySupernet(): boolean {
    return false;
  }

  dispose(): void {
    this.parts.net.dispose();
  }
}
