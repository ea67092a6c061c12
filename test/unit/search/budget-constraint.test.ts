import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { Architecture } from '../../../src-main/search/architecture.js';
import { expectedParameters } from '../../../src-main/search/expected-parameters.js';
import { boundsAt, moveInside } from '../../../src-main/search/methods/zo-darts-plus-plus/budget-constraint.js';
import { parameterRange } from '../../../src-main/space/parameter-count.js';
import type { SpaceSettings } from '../../../src-main/vocabulary/space.js';

const SPACE: SpaceSettings = { channels: 16, cells: 3, inputChannels: 1, classes: 2 };
const RANGE = parameterRange(SPACE);

function architecture(seed: number, spread: number): Architecture {
  const random = createRandom(seed, 'test');
  const grown = Architecture.create(SPACE.cells, random).grow(random);
  return Architecture.fromVector(
    SPACE.cells,
    grown.vector.map(() => spread * random.normal()),
  );
}

const expected = (a: Architecture, temperature: number): number =>
  expectedParameters(SPACE, a.probabilities(temperature)).value;

describe('the budget as a constraint', () => {
  it.each([
    ['small', 0, 222_000, 1.5],
    ['small, cold', 144_300, 222_000, 0.2],
    ['medium', 342_000, 506_000, 0.6],
    ['large', 1_000_000, 1_123_000, 1.5],
    ['nearly one count', 300_000, 300_001, 0.4],
  ])('brings the expected count inside: %s', (_, lower, upper, temperature) => {
    const outside = [1, 2, 3, 4, 5, 6, 7, 8]
      .map((seed) => architecture(seed, 0.3))
      .filter((a) => {
        const value = expected(a, temperature);
        return value < lower || value > upper;
      });
    expect(outside.length).toBeGreaterThan(2);
    for (const moved of outside) {
      moveInside(SPACE, { lower, upper }, moved, temperature);
      const value = expected(moved, temperature);
      expect(value).toBeGreaterThanOrEqual(lower - 1);
      expect(value).toBeLessThanOrEqual(upper + 1);
    }
  });

  it('leaves alone what is inside, and moves little when little is asked', () => {
    const still = architecture(6, 0.3);
    const value = expected(still, 1);
    const before = still.vector.slice();
    moveInside(SPACE, { lower: value - 1, upper: value + 1 }, still, 1);
    expect(still.vector).toEqual(before);
    moveInside(SPACE, { lower: 0, upper: value * 0.99 }, still, 1);
    const distance = Math.hypot(...still.vector.map((v, i) => v - before[i]!));
    expect(expected(still, 1)).toBeLessThanOrEqual(value * 0.99 + 1e-6);
    expect(distance).toBeLessThan(0.05);
  });

  it.each([
    ['at growth', 0, 945_000, 614_250],
    ['half way down', 0.15, 458_028, 297_718],
    ['after the descent', 0.3, 222_000, 144_300],
    ['at the end', 1, 222_000, 144_300],
  ])('comes down by equal factors: %s', (_, progress, upper, lower) => {
    const bounds = boundsAt({ lower: 0, upper: 222_000 }, RANGE, 945_000, progress);
    expect([Math.round(bounds.upper), Math.round(bounds.lower)]).toEqual([upper, lower]);
  });

  it('of a budget that is no limit asks for no size, and keeps a lower end', () => {
    expect(boundsAt(RANGE, RANGE, 945_000, 1)).toEqual({ lower: RANGE.lower, upper: RANGE.upper });
    expect(boundsAt({ lower: 200_000, upper: 222_000 }, RANGE, 100_000, 0)).toEqual({ lower: 200_000, upper: 222_000 });
  });
});
