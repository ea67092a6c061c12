import type { Random } from '../../../compute/random.js';
import type { Architecture } from '../../architecture.js';
import { extendPaths, type Paths } from './paths.js';

/** Weight steps of net and twin in one round. */
export const ROUND_STEPS = 10;

/** What a round draws at its start. */
export interface Perturbation {
  /** u: unit length, as long as the architecture vector, 0 where nothing is computed. */
  readonly direction: Float64Array;
  /** μ = max(0.005·‖a‖, 1e-3). */
  readonly distance: number;
  /** What net and twin compute in this round. */
  readonly paths: Paths;
}

export function drawPerturbation(architecture: Architecture, paths: Paths, random: Random): Perturbation {
  const draws = architecture.vector.map((_, i) => random.normal() * paths[i]!);
  const length = norm(draws);
  const distance = Math.max(0.005 * norm(architecture.vector), 1e-3);
  return { direction: draws.map((d) => d / length), distance, paths };
}

/** The same perturbation for an architecture that grew in the middle of the round: it does not move what is new. */
export function extendPerturbation({ direction, distance, paths }: Perturbation, length: number): Perturbation {
  const extended = new Float64Array(length);
  extended.set(direction);
  return { direction: extended, distance, paths: extendPaths(paths, length) };
}

export function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** The part of a vector along a direction of unit length. */
export function projected(vector: Float64Array, direction: Float64Array): Float64Array {
  const along = dot(vector, direction);
  return direction.map((u) => along * u);
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}
