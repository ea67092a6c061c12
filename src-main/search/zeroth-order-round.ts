import { tf } from '../compute/tensorflow.js';
import type { Random } from '../compute/random.js';
import type { Batch } from '../learning/batch-stream.js';
import type { Architecture } from './architecture.js';
import type { BatchOutcome, Learner } from './learner.js';
import { SPARSEMAX, type Relaxation } from './sparsemax.js';

/** Weight steps of net and twin in one round. */
export const ROUND_STEPS = 10;

/** How a round moves the architecture of its twin. */
export interface Perturbation {
  /** u: unit length, as long as the architecture vector, 0 where nothing is computed. */
  readonly direction: Float64Array;
  /** μ = max(0.005·‖a‖, 1e-3). */
  readonly distance: number;
}

/** @param computed 1 for each entry that may be moved; all of them by default */
export function drawPerturbation(architecture: Architecture, random: Random, computed?: Uint8Array): Perturbation {
  const draws = architecture.vector.map((_, i) => random.normal() * (computed?.[i] ?? 1));
  const length = norm(draws);
  const distance = Math.max(0.005 * norm(architecture.vector), 1e-3);
  return { direction: draws.map((d) => d / length), distance };
}

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
  { direction, distance }: Perturbation,
  batch: Batch,
  options: { temperature: number; sparse: boolean; relaxation?: Relaxation },
): Promise<RoundMeasurement> {
  const { temperature, sparse, relaxation = SPARSEMAX } = options;
  const probabilities = architecture.probabilities(temperature, relaxation);
  const { weights, probabilities: table, ...outcome } = await net.gradients(batch, probabilities, sparse);
  const architectureGradient = architecture.gradient(probabilities, table, temperature, relaxation);
  const slope = (await net.slopeTowards(twin, weights)) / distance;
  tf.dispose(weights.filter((g) => g !== null));
  return { ...outcome, direct: dot(architectureGradient, direction), slope, architectureGradient };
}

/** dL/da along u alone: factor · (⟨∂L/∂a, u⟩ + ⟨∂L/∂w, (w′ − w)/μ⟩) · u. */
export function directionalGradient(
  { direct, slope }: Pick<RoundMeasurement, 'direct' | 'slope'>,
  direction: Float64Array,
  factor = 1,
): Float64Array {
  return direction.map((u) => factor * (direct + slope) * u);
}

export function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}
