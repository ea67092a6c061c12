import type { BackendChoice, BackendName } from '../compute/backend.js';
import type { Budget, Genotype, SpaceSettings } from '../search/space.js';

/** What a job is asked to do and what it says while it does it: the one vocabulary of worker, host, history and window. */

export type RunState = 'queued' | 'running' | 'paused' | 'finished' | 'failed' | 'cancelled' | 'interrupted';
export type RunKind = 'search' | 'retrain';
export type { BackendChoice, BackendName, Budget };

/** The dataset file of a run, with what proves that it is still the same file. */
export interface DatasetReference {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface SearchConfig {
  readonly kind: 'search';
  readonly dataset: DatasetReference;
  readonly space: SpaceSettings;
  readonly budget: Budget;
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
  readonly backend: BackendChoice;
  /** Threads of the native backend; 0 = one per core. */
  readonly threads: number;
  readonly method: 'zo-darts++';
  /** `exact`: closed-form gradient of the budget term. `published`: projected on u as the published code does. */
  readonly estimator: 'exact' | 'published';
  /** Skip what has probability 0. Same result either way; off only for comparison. */
  readonly sparse: boolean;
}

export interface RetrainConfig {
  readonly kind: 'retrain';
  readonly dataset: DatasetReference;
  readonly space: SpaceSettings;
  readonly genotype: Genotype;
  /** The search that found the genotype, or null for one written by hand. */
  readonly searchRun: number | null;
  readonly epochs: number;
  readonly batch: number;
  /** One network is trained per seed. */
  readonly seeds: readonly number[];
  readonly backend: BackendChoice;
  readonly threads: number;
  readonly learningRate: number;
  readonly warmupEpochs: number;
  readonly weightDecay: number;
  readonly labelSmoothing: number;
  readonly mixup: number;
  readonly cutmix: number;
  /** Decay of the exponential moving average of the weights; null = off. */
  readonly movingAverage: number | null;
  readonly classWeighting: boolean;
  /** `best-validation`: the epoch with the best validation AUC. `last`: the last epoch, fixed beforehand. Never the test part. */
  readonly selection: 'best-validation' | 'last';
}

export type JobConfig = SearchConfig | RetrainConfig;

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

export interface SearchResult {
  readonly kind: 'search';
  readonly genotype: Genotype;
  /** Exact parameter count of the genotype as the search counts it (convolution with bias, BN without scale and shift). */
  readonly parameters: number;
  /** Multiply-accumulates of one image. */
  readonly multiplyAccumulates: number;
  readonly expectedParameters: number;
  readonly budget: Budget & { readonly met: boolean };
  readonly seconds: number;
}

/** Metrics of one part as the MedMNIST evaluator defines them, with 95 % intervals (`training/metrics/bootstrap.ts`). */
export interface PartMetrics {
  readonly part: 'train' | 'val' | 'test';
  readonly images: number;
  readonly accuracy: number;
  readonly auc: number;
  readonly accuracyInterval: readonly [number, number];
  readonly aucInterval: readonly [number, number];
  readonly perClass: readonly {
    readonly label: string;
    readonly sensitivity: number;
    readonly specificity: number;
    readonly precision: number;
    readonly f1: number;
  }[];
  /** Rows: truth, columns: prediction. Null for multi-label tasks. */
  readonly confusion: readonly (readonly number[])[] | null;
  /** One ROC curve per class as [false positive rate, true positive rate] points. */
  readonly roc: readonly { readonly label: string; readonly points: readonly (readonly [number, number])[] }[];
}

export interface TrainedModel {
  readonly seed: number;
  /** File inside the run's folder (safetensors). */
  readonly file: string;
  readonly selectedEpoch: number;
  readonly selectionRule: string;
  /** Trainable parameters of the retrained network (affine BN, no convolution bias). */
  readonly parameters: number;
  readonly metrics: { readonly validation: PartMetrics; readonly test: PartMetrics };
}

export interface RetrainResult {
  readonly kind: 'retrain';
  readonly models: readonly TrainedModel[];
  readonly summary: {
    readonly accuracyMean: number;
    readonly accuracyDeviation: number;
    readonly aucMean: number;
    readonly aucDeviation: number;
  };
  readonly seconds: number;
}

export type JobResult = SearchResult | RetrainResult;

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
