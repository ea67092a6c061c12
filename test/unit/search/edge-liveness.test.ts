import { describe, expect, it } from 'vitest';
import { edgeLiveness } from '../../../src-main/search/edge-liveness.js';
import { liveOf } from '../../../src-main/space/live-edges.js';

const PRESENCE = [0.3, 0.8, 0.55, 0.9, 0.15, 0.7];

/** Sums over all patterns of the other edges. */
function enumerated(edge: number, presence: readonly number[]): number {
  let sum = 0;
  for (let mask = 0; mask < 64; mask++) {
    const present = presence.map((_, e) => ((mask >> e) & 1) === 1);
    if (!present[edge] || !liveOf(present)[edge]) continue;
    sum += presence.reduce((product, q, e) => (e === edge ? product : product * (present[e] ? q : 1 - q)), 1);
  }
  return sum;
}

describe('liveness of an edge', () => {
  it.each([0, 1, 2, 3, 4, 5])('%i is what enumerating the other edges gives, and so are its slopes', (edge) => {
    const { probability, slopes } = edgeLiveness(PRESENCE);
    expect(probability[edge]).toBeCloseTo(enumerated(edge, PRESENCE), 12);
    PRESENCE.forEach((_, other) => {
      if (other === edge) return;
      const at = (q: number): number =>
        enumerated(
          edge,
          PRESENCE.map((p, e) => (e === other ? q : p)),
        );
      expect(slopes[edge]![other]).toBeCloseTo(at(1) - at(0), 12);
    });
  });
});
