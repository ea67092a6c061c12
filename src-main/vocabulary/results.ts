import type { Budget } from './budget.js';
import type { PartMetrics } from './metrics.js';
import type { Genotype } from './space.js';

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
