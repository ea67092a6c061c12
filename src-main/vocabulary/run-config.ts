import type { BackendChoice } from './backend.js';
import type { Budget } from './budget.js';
import type { DatasetReference } from './dataset-reference.js';
import type { Genotype, SpaceSettings } from './space.js';

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
