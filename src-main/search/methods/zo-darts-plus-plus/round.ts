import type { Architecture } from '../../architecture.js';
import type { Random } from '../../../compute/random.js';
import { dot, drawPerturbation, type Perturbation } from '../../zeroth-order-round.js';
import { extendPaths, type Paths } from './paths.js';

/** What a round draws at its start. */
export interface RoundDraws extends Perturbation {
  /** What net and twin compute in this round. */
  readonly paths: Paths;
}

export function drawRound(architecture: Architecture, paths: Paths, random: Random): RoundDraws {
  return { ...drawPerturbation(architecture, random, paths), paths };
}

/** The same draws for an architecture that grew in the middle of the round: what is new is not moved. */
export function extendRound({ direction, distance, paths }: RoundDraws, length: number): RoundDraws {
  const extended = new Float64Array(length);
  extended.set(direction);
  return { direction: extended, distance, paths: extendPaths(paths, length) };
}

/** The part of a vector along a direction of unit length. */
export function projected(vector: Float64Array, direction: Float64Array): Float64Array {
  const along = dot(vector, direction);
  return direction.map((u) => along * u);
}
