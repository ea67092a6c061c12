import type { Random } from '../compute/random.js';
import { tf } from '../compute/tensorflow.js';
import type { Batch } from '../learning/batch-stream.js';
import type { Architecture } from './architecture.js';
import type { BatchOutcome, Learner } from './learner.js';

/** Weight steps of net and twin in one round. */
export const ROUND_STEPS = 10;

/** What a round draws at its start. */
export interface Perturbation {
  /** Unit length, as long as the architecture vector. */
  readonly direction: Float64Array;
  /** μ = max(0.005·‖a‖, 1e-3). */
  readonly distance: number;
}

export function drawPerturbation(architecture: Architecture, random: Random): Perturbation {
  const draws = architecture.vector.map(() => random.normal());
  const length = norm(draws);
  return { direction: draws.map((d) => d / length), distance: Math.max(0.005 * norm(architecture.vector), 1e-3) };
}

/** The same perturbation for an architecture that grew in the middle of the round: it does not move what is new. */
export function extendPerturbation(perturbation: Perturbation, length: number): Perturbation {
  const direction = new Float64Array(length);
  direction.set(perturbation.direction);
  return { direction, distance: perturbation.distance };
}

export interface Estimate extends BatchOutcome {
  /** ⟨∂L/∂a, u⟩. */
  readonly direct: number;
  /** ⟨∂L/∂w, (w′ − w)/μ⟩: what the weights add when they follow the architecture. */
  readonly slope: number;
  /** (direct + slope) · u. */
  readonly gradient: Float64Array;
  /** ∂L/∂a itself. */
  readonly architectureGradient: Float64Array;
}

/**
 * The zeroth-order estimate of dL/da after net and twin have taken the same steps (arXiv 2503.06092):
 * (⟨∂L/∂a, u⟩ + ⟨∂L/∂w, (w′ − w)/μ⟩) · u on one batch of the architecture half.
 */
export async function estimateGradient(
  net: Learner,
  twin: Learner,
  architecture: Architecture,
  perturbation: Perturbation,
  batch: Batch,
  options: { temperature: number; sparse: boolean },
): Promise<Estimate> {
  const { direction, distance } = perturbation;
  const probabilities = architecture.probabilities(options.temperature);
  const { weights, probabilities: table, ...outcome } = await net.gradients(batch, probabilities, options.sparse);
  const architectureGradient = architecture.gradient(probabilities, table, options.temperature);
  const slope = (await net.slopeTowards(twin, weights)) / distance;
  tf.dispose(weights.filter((g) => g !== null));
  const direct = dot(architectureGradient, direction);
  return { ...outcome, direct, slope, gradient: direction.map((u) => (direct + slope) * u), architectureGradient };
}

export function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}
