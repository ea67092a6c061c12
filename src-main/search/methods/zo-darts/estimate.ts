import { tf } from '../../../compute/tensorflow.js';
import type { Batch } from '../../../learning/batch-stream.js';
import type { Architecture } from '../../architecture.js';
import type { BatchOutcome, Learner } from '../../learner.js';
import { dot, type Perturbation } from './round.js';
import type { ZoDartsSettings } from './settings.js';

export interface RoundMeasurement extends BatchOutcome {
  /** ⟨∂L/∂a, u⟩. */
  readonly direct: number;
  /** ⟨∂L/∂w, (w′ − w)/μ⟩: what the weights add when they follow the architecture. */
  readonly slope: number;
  /** ∂L/∂a itself. */
  readonly architectureGradient: Float64Array;
}

/** What net and twin, after they have taken the same steps, say on one batch of the architecture half (arXiv 2503.06092). */
export async function measureRound(
  net: Learner,
  twin: Learner,
  architecture: Architecture,
  perturbation: Perturbation,
  batch: Batch,
  options: { temperature: number; sparse: boolean },
): Promise<RoundMeasurement> {
  const { direction, distance } = perturbation;
  const probabilities = architecture.probabilities(options.temperature);
  const { weights, probabilities: table, ...outcome } = await net.gradients(batch, probabilities, options.sparse);
  const architectureGradient = architecture.gradient(probabilities, table, options.temperature);
  const slope = (await net.slopeTowards(twin, weights)) / distance;
  tf.dispose(weights.filter((g) => g !== null));
  const direct = dot(architectureGradient, direction);
  return { ...outcome, direct, slope, architectureGradient };
}

type Estimator = (measured: RoundMeasurement, direction: Float64Array) => Float64Array;

const ESTIMATORS: { readonly [name in ZoDartsSettings['estimator']]: Estimator } = {
  published: ({ direct, slope }, direction) => direction.map((u) => (direct + slope) * u),
};

/**
 * dL/da as an estimator makes it of a round's measurement.
 * `published`: (⟨∂L/∂a, u⟩ + ⟨∂L/∂w, (w′ − w)/μ⟩) · u.
 */
export function lossGradient(
  estimator: ZoDartsSettings['estimator'],
  measured: RoundMeasurement,
  direction: Float64Array,
): Float64Array {
  return ESTIMATORS[estimator](measured, direction);
}
