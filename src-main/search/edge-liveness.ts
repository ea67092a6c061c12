/**
 * Probability that an edge of a cell carries something from node 0 to node 3, given that it is there itself, when each other
 * edge is there with a probability of its own. Edges in the order 1←0, 2←0, 2←1, 3←0, 3←1, 3←2.
 * @param presence probability that each edge is there: 1 − p(none)
 * @returns the probabilities, and `slopes[edge][other]` = ∂probability[edge]/∂presence[other]
 */
export function edgeLiveness(presence: readonly number[]): {
  readonly probability: readonly number[];
  readonly slopes: readonly (readonly number[])[];
} {
  const [q10, q20, q21, , q31, q32] = presence as [number, number, number, number, number, number];
  return {
    probability: [1 - (1 - q31) * (1 - q21 * q32), q32, q10 * q32, 1, q10, 1 - (1 - q20) * (1 - q10 * q21)],
    slopes: [
      [0, 0, (1 - q31) * q32, 0, 1 - q21 * q32, (1 - q31) * q21],
      [0, 0, 0, 0, 0, 1],
      [q32, 0, 0, 0, 0, q10],
      [0, 0, 0, 0, 0, 0],
      [1, 0, 0, 0, 0, 0],
      [(1 - q20) * q21, 1 - q10 * q21, (1 - q20) * q10, 0, 0, 0],
    ],
  };
}
