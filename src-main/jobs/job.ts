import type { Snapshot } from '../compute/snapshot.js';
import type { JobConfig, JobControl, JobEvent, JobResult } from './messages.js';

/** Where a job keeps its state; written to disk before `save` returns. */
export interface CheckpointStore {
  /** Newest snapshot that reads back whole, or null when there is none. */
  latest(): Promise<{ epoch: number; snapshot: Snapshot; file: string } | null>;
  /** Writes `snapshot` durably (temporary file, fsync, rename, fsync of the folder) and returns the file's name. */
  save(epoch: number, snapshot: Snapshot): Promise<string>;
}

/** What a job gets from the process that runs it; the same for the command line and for the utility process. */
export interface JobContext {
  readonly run: number;
  /** `<home>/runs/<run>`: the only folder that a job writes to. */
  readonly folder: string;
  readonly checkpoints: CheckpointStore;
  emit(event: JobEvent): void;
  /** Asked between two training steps. */
  control(): JobControl;
}

/** How a job ended. Failures are thrown. */
export type JobOutcome =
  | { readonly state: 'finished'; readonly result: JobResult }
  | { readonly state: 'paused'; readonly epoch: number }
  | { readonly state: 'cancelled'; readonly epoch: number };

/** A job: resumes from `context.checkpoints.latest()` when there is a snapshot, starts afresh otherwise. */
export type Job<C extends JobConfig = JobConfig> = (config: C, context: JobContext) => Promise<JobOutcome>;
