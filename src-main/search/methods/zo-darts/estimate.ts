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

/**
 * What net and twin, after they have taken the same steps, say on one batch of the architecture half (arXiv 2503.06092).
 * @param architecture restricted to what the round computes
 */
export async function measureRound(
  net: Learner,
  twin: Learner,
  architecture: Architecture,
  perturbation: Pick<Perturbation, 'direction' | 'distance'>,
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

/**
 * Length of what a round has estimated rather than known; outliers are judged by it.
 * `published`: of the whole estimate. `whole`: of the part through the weights.
 */
export function estimatedLength(
  estimator: ZoDartsSettings['estimator'],
  { direct, slope }: Pick<RoundMeasurement, 'direct' | 'slope'>,
): number {
  return Math.abs(estimator === 'published' ? direct + slope : slope);
}

/**
 * dL/da as an estimator makes it of a round's measurement.
 * `published`: (⟨∂L/∂a, u⟩ + ⟨∂L/∂w, (w′ − w)/μ⟩) · u.
 * `whole`: ∂L/∂a + ⟨∂L/∂w, (w′ − w)/μ⟩ · u. What the same backward pass knows in full is used in full; only the part through
 * the weights needs the twin. Of that part g a round knows uᵀg, and of all multiples c·(uᵀg)·u the one with c = 1 is nearest
 * to g: over directions of unit length in d entries the mean squared error is ‖g‖² + (c² − 2c)·‖g‖²/d. With c = d the
 * expectation would be g and the error d − 1 times as large: ten to two hundred times as long as ∂L/∂a where it was measured,
 * it decided alone.
 * @param factor in 0..1 by which what is estimated counts
 */
export function lossGradient(
  estimator: ZoDartsSettings['estimator'],
  measured: Pick<RoundMeasurement, 'direct' | 'slope' | 'architectureGradient'>,
  direction: Float64Array,
  factor: number,
): Float64Array {
  switch (estimator) {
    case 'published':
      return direction.map((u) => factor * (measured.direct + measured.slope) * u);
    case 'whole': {
      const along = factor * measured.slope;
      return measured.architectureGradient.map((g, i) => g + along * direction[i]!);
    }
  }
}
