import type { HealthFinding } from '../vocabulary/dataset-health.js';
import type { Budget } from '../vocabulary/budget.js';
import type { OperatingPoint } from '../vocabulary/operating-point.js';

/** What an export knows beyond the model itself. */
export interface ExportContext {
  /** Letters, digits, `-` and `_`; with the version the name of the folder. */
  readonly name: string;
  /** Default 1.0.0. */
  readonly version: string;
  /** Adds a Triton model repository. */
  readonly triton: boolean;
  /** The retraining that made the model, and the search that found its architecture; null when unknown. */
  readonly run: number | null;
  readonly searchRun: number | null;
  /** Budget of that search. */
  readonly budget: Budget | null;
  /** All networks of the retraining, when it trained several. */
  readonly seeds: {
    readonly seeds: readonly number[];
    readonly accuracyMean: number;
    readonly accuracyDeviation: number;
    readonly aucMean: number;
    readonly aucDeviation: number;
  } | null;
  /** Number of the class that is looked for; null: none is named. */
  readonly finding: number | null;
  /** Where the network decides for it; null: it says the most probable class. */
  readonly operatingPoint: OperatingPoint | null;
  /** What the health report of the dataset found; null where it was not checked. Default null. */
  readonly health?: readonly HealthFinding[] | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}
