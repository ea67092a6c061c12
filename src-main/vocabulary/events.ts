import type { BackendName } from './backend.js';
import type { JobResult } from './results.js';

/** One finished epoch. Fields that a kind of run does not have are null. */
export interface EpochRecord {
  /** Seed of the network being trained; for a search, the seed of the run. */
  readonly seed: number;
  /** 1-based. */
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  readonly validationAuc: number | null;
  /** Search: expected parameters of the final network under the current probabilities. */
  readonly expectedParameters: number | null;
  /** Search: mean number of operations with probability above 0 on an edge. */
  readonly operationsInSupport: number | null;
  readonly temperature: number | null;
  readonly phase: 1 | 2 | null;
  readonly learningRate: number;
  readonly imagesPerSecond: number;
  /** Wall time of the epoch, from a monotonic clock. */
  readonly seconds: number;
}

/** α, β, γ and their probabilities at the end of an epoch; β and γ are null in phase 1. Row-major. */
export interface ArchitectureSnapshot {
  readonly epoch: number;
  readonly temperature: number;
  /** 18 × 5. */
  readonly alpha: readonly number[];
  /** 18 × 3. */
  readonly beta: readonly number[] | null;
  /** 3 × cells. */
  readonly gamma: readonly number[] | null;
  readonly alphaProbabilities: readonly number[];
  readonly betaProbabilities: readonly number[] | null;
  readonly gammaProbabilities: readonly number[] | null;
}

/** An error as it travels between processes. */
export interface JobError {
  readonly name: string;
  readonly message: string;
  readonly kind: string;
  readonly stack?: string | undefined;
}

/** What a job says, in order. An `epoch` is said only after its checkpoint is safely on disk. */
export type JobEvent =
  | {
      readonly type: 'started';
      readonly backend: BackendName;
      readonly device: string;
      readonly threads: number;
      readonly epochs: number;
      readonly stepsPerEpoch: number;
      /** First epoch that this process will run, 1-based: above 1 after a resume. */
      readonly epoch: number;
    }
  | {
      readonly type: 'progress';
      readonly epoch: number;
      readonly step: number;
      readonly stepsPerEpoch: number;
      readonly loss: number;
      readonly imagesPerSecond: number;
      /** Estimate of the time left for the whole run. */
      readonly secondsLeft: number | null;
    }
  | {
      readonly type: 'epoch';
      readonly record: EpochRecord;
      readonly architecture: ArchitectureSnapshot | null;
      readonly checkpoint: string;
    }
  | { readonly type: 'log'; readonly level: 'info' | 'warning' | 'error'; readonly text: string }
  | { readonly type: 'paused'; readonly epoch: number; readonly checkpoint: string; readonly reason: string }
  | { readonly type: 'cancelled'; readonly epoch: number }
  | { readonly type: 'finished'; readonly result: JobResult }
  | { readonly type: 'failed'; readonly error: JobError };

/** What the host may ask of a running job. A job answers within one training step. */
export type JobControl = 'continue' | 'pause' | 'cancel';
