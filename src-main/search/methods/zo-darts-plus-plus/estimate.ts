import { directionalGradient, type RoundMeasurement } from '../../zeroth-order-round.js';
import type { ZoDartsPlusPlusSettings } from './settings.js';

/**
 * Length of what a round has estimated rather than known; outliers are judged by it.
 * `published`: of the whole estimate. `whole`: of the part through the weights.
 */
export function estimatedLength(
  estimator: ZoDartsPlusPlusSettings['estimator'],
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
  estimator: ZoDartsPlusPlusSettings['estimator'],
  measured: Pick<RoundMeasurement, 'direct' | 'slope' | 'architectureGradient'>,
  direction: Float64Array,
  factor: number,
): Float64Array {
  switch (estimator) {
    case 'published':
      return directionalGradient(measured, direction, factor);
    case 'whole': {
      const along = factor * measured.slope;
      return measured.architectureGradient.map((g, i) => g + along * direction[i]!);
    }
  }
}
