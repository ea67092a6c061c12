import type { ModelSummary } from '../vocabulary/model.js';
import type { PartMetrics } from '../vocabulary/metrics.js';
import type { ComputedOn, Evidence } from '../vocabulary/evidence.js';
import type { RunDetails } from '../vocabulary/run.js';
import type { TrainedModel } from '../vocabulary/results.js';
import type { RetrainConfig } from '../vocabulary/run-config.js';

/** Who makes a report, and when. */
export interface Maker {
  readonly version: string;
  /** "linux x64, Node.js 22.1.0" */
  readonly machine: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** A run with where it was computed: a machine each time that it was started or resumed elsewhere. */
export interface ReportedRun {
  readonly details: RunDetails;
  readonly computedOn: readonly ComputedOn[];
}

/** A network of a retraining. */
export interface ReportedModel {
  readonly summary: ModelSummary;
  readonly result: TrainedModel;
}

/** Everything that the report of a model is made of. */
export interface ModelFacts {
  readonly maker: Maker;
  readonly model: ReportedModel;
  readonly run: ReportedRun & { readonly config: RetrainConfig };
  /** The search that found the architecture; null when it was written by hand, or is gone. */
  readonly search: ReportedRun | null;
  /** All networks of the retraining, this one included, in the order of their seeds. */
  readonly siblings: readonly { readonly model: number; readonly seed: number; readonly test: PartMetrics }[];
  readonly evidence: Evidence;
  /** Networks in this data folder that were measured on the same test part. */
  readonly measuredOnTest: number;
}

/** Everything that the comparison of runs is made of. */
export interface ComparisonFacts {
  readonly maker: Maker;
  readonly runs: readonly (ReportedRun & {
    /** Empty for a search. */
    readonly models: readonly (ReportedModel & { readonly evidence: Evidence })[];
  })[];
}
