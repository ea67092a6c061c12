import type { ActiveBackend } from '../compute/backend.js';
import type { Dataset } from '../datasets/dataset.js';
import type { Snapshot } from '../compute/snapshot.js';
import type { EpochRecord, JobControl, JobEvent } from '../vocabulary/events.js';
import type { JobConfig } from '../vocabulary/run-config.js';
import type { Trace } from '../vocabulary/trace.js';
import type { JobResult } from '../vocabulary/results.js';
import type { BackendName } from '../vocabulary/backend.js';
import type { Predictions } from '../training/metrics/diagnostics.js';
import type { Model } from '../training/model-file.js';
import type { Turn } from '../training/turn.js';
import type { Door } from './door.js';

/** A finished epoch as it is said in an `epoch` event. */
export interface FinishedEpoch {
  readonly record: EpochRecord;
  readonly trace: Trace | null;
}

/** Bytes of the disk that checkpoints lie on. */
export interface DiskRoom {
  readonly free: number;
  /** What checkpoints may take: with those that are there, without what must remain for the history and everybody else. */
  readonly forCheckpoints: number;
}

/** Where a job keeps its state; written to disk before `save` returns. */
export interface CheckpointStore {
  /**
   * Newest snapshot that reads back whole, or null when there is none.
   * @param arithmetic of what computes from here on (`ActiveBackend.arithmetic`): kept with every checkpoint; that another one
   *   wrote the snapshot is said, or refused where the same bits are wanted
   */
  latest(arithmetic?: string): Promise<{ epoch: number; snapshot: Snapshot; file: string } | null>;
  /**
   * Writes `snapshot` durably (temporary file, fsync, rename, fsync of the folder) and returns the file's name.
   * @param finished what the `epoch` event will say, when this checkpoint ends an epoch: it travels in the file, so that
   *   a resume can tell the history an epoch whose process was killed after saving and before saying so.
   */
  save(epoch: number, snapshot: Snapshot, finished?: FinishedEpoch): Promise<string>;
}

/** Checkpoints on a disk of this process. */
export interface DiskCheckpoints extends CheckpointStore {
  /** @throws UserError `disk-full` where a checkpoint of so many bytes has no place */
  requireRoom(bytes: number): DiskRoom;
}

/**
 * What differs between the places where a job can run: a process with files, and the page that computes on a graphics card, for
 * which such a process does all but `useBackend`. Names of files are those in the folder of the run.
 */
export interface JobHost {
  /** Makes the backend of the configuration the active one. @throws UserError `backend-unavailable` */
  useBackend(config: JobConfig): Promise<ActiveBackend>;
  /** As `requireWhatItNeeds` of `run-needs.ts`. @throws UserError `out-of-memory`, `disk-full` */
  requireWhatItNeeds(config: JobConfig, size: number, backend: BackendName): Promise<void>;
  /** Durably, as `training/model-file.ts`. */
  writeModel(file: string, model: Model): Promise<void>;
  /** As `training/predictions-file.ts`, beside the model. */
  writePredictions(model: string, predictions: Predictions): Promise<void>;
  /** As `datasets/health/test-twins.ts`. */
  testTwins(dataset: Dataset, turn: Turn): Promise<Uint8Array>;
}

/** What a job gets from the process that runs it; the same for the command line and for the utility process. */
export interface JobContext {
  readonly run: number;
  /** `<home>/runs/<run>`: the only folder that a job writes to. */
  readonly folder: string;
  readonly checkpoints: CheckpointStore;
  readonly host: JobHost;
  /** Where the user reads what the job says. Default: in a terminal. */
  readonly door?: Door;
  /**
   * The dataset of the run, read once and proved to be the one that the run was started with. Ask for it once, after the
   * newest checkpoint: a pause during the reading then names it.
   * @throws UserError `dataset-missing`, `dataset-changed`, as `loadDataset`; Stopped on a pause or cancel meanwhile
   */
  dataset(): Promise<Dataset>;
  /**
   * `started`, `progress`, `epoch` and `log` are the job's to say. How it ended it says by returning or throwing: the
   * runner makes `paused`, `cancelled`, `finished` and `failed` of it.
   */
  emit(event: JobEvent): void;
  /**
   * Asked between two training steps. Signals and messages arrive between turns of the event loop, so a job gives it a
   * turn (`nextTurn`) at least once a step.
   */
  control(): JobControl;
}

/** How a job ended. Failures are thrown. */
export type JobOutcome =
  | { readonly state: 'finished'; readonly result: JobResult }
  | { readonly state: 'paused'; readonly epoch: number }
  | { readonly state: 'cancelled'; readonly epoch: number };

/** A job: resumes from `context.checkpoints.latest()` when there is a snapshot, starts afresh otherwise. */
export type Job<C extends JobConfig = JobConfig> = (config: C, context: JobContext) => Promise<JobOutcome>;
