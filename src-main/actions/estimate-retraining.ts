import type { PaceEstimate } from '../jobs/tasks.js';
import type { RetrainChoices } from '../jobs/retrain-config.js';
import type { RetrainConfig } from '../vocabulary/run-config.js';
import { plannedRetraining, type RetrainingContext, type TrainingSource } from './start-retraining.js';

export interface EstimateContext extends RetrainingContext {
  /** Measures a few steps; the window does it in another process. */
  readonly measure: (config: RetrainConfig) => Promise<PaceEstimate>;
}

export interface RetrainingEstimate extends PaceEstimate {
  /** What was measured, every default filled in. */
  readonly config: RetrainConfig;
}

/**
 * How long a retraining would take on this machine, measured with a few steps of exactly it. Nothing is created.
 * @throws as `startRetraining`, and what `measure` throws
 */
export async function estimateRetraining(
  { measure, ...context }: EstimateContext,
  source: TrainingSource,
  choices: RetrainChoices,
): Promise<RetrainingEstimate> {
  const { config } = await plannedRetraining(context, source, choices);
  return { config, ...(await measure(config)) };
}
