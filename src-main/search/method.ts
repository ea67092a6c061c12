import type { z } from 'zod';
import type { Snapshot } from '../compute/snapshot.js';
import type { TrainingDataset } from '../datasets/dataset.js';
import type { Turn } from '../training/turn.js';
import type { Budget } from '../vocabulary/budget.js';
import type { Candidate } from '../vocabulary/candidate.js';
import type { SpaceSettings } from '../vocabulary/space.js';
import type { EpochReport, Trace, TraceDescription } from '../vocabulary/trace.js';

/** What a method is asked to search. */
export interface SearchProblem {
  /** Without its test part, which no search sees. */
  readonly dataset: TrainingDataset;
  readonly space: SpaceSettings;
  readonly budget: Budget;
  /** Passes over the half that trains weights, which is what every method may spend. */
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
  /** Skip what has probability exactly 0; the result is the same. */
  readonly sparse: boolean;
}

/**
 * A search as a machine that takes one step at a time. Its whole state is in `snapshot()`: stopped after any step and
 * opened again, it goes on bit for bit, with any number of threads.
 */
export interface Search {
  /** Finished epochs. */
  readonly epoch: number;
  /** Finished steps of the epoch that is running. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Images that one step computes. */
  readonly imagesPerStep: number;
  readonly finished: boolean;
  /**
   * One step.
   * @param turn during what takes longer than a training step; when it throws, the next call goes on from before that
   * @returns its loss, and the report of the epoch when this was its last step
   * @throws UserError `loss-not-finite` before anything non-finite is kept
   */
  advance(turn?: Turn): Promise<{ readonly loss: number; readonly report: EpochReport | null }>;
  snapshot(): Promise<Snapshot>;
  /** As things stand after the last step. */
  trace(): Trace;
  /** Best guess first; distinct live architectures, all inside the budget when the space has any there. At least one. */
  candidates(turn?: Turn): Promise<readonly Candidate[]>;
  dispose(): void;
}

export interface Measured {
  /** Of the whole search. */
  readonly seconds: number;
  readonly imagesPerSecond: number;
  readonly stepsPerEpoch: number;
}

/**
 * A way of searching. The object itself is light, because the main process and the command line read it too; what computes
 * is loaded by `open`. A new method is a folder in `methods/` and a line in its
 * `registry.ts`.
 */
export interface SearchMethod<Settings extends object = object> {
  readonly id: string;
  readonly label: string;
  /** The method's own settings; each has a default and a description. */
  readonly settings: z.ZodType<Settings>;
  /** The published algorithm, where the defaults differ from it. */
  readonly published?: Settings;
  /** Epochs by default, as a multiple of those of a search over the supernet, which cost more each. Default: 1. */
  readonly relativeEpochs?: number;
  /** It draws architectures by chance: what other methods have to be better than. Default: false. */
  readonly isBaseline?: boolean;
  /** The names in its traces. */
  readonly trace: (space: SpaceSettings) => TraceDescription;
  /** @param saved of an earlier process, null for a new search @throws UserError `checkpoint-content` */
  open(problem: SearchProblem, settings: Settings, saved: Snapshot | null): Promise<Search>;
  /** How long the search will take, measured with a few steps. Default: the first steps are like all others. */
  measure?(problem: SearchProblem, settings: Settings): Promise<Measured>;
}
