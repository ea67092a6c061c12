import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { Architecture } from '../../../src-main/search/architecture.js';
import { drawPaths } from '../../../src-main/search/methods/zo-darts-plus-plus/paths.js';

const CELLS = 3;

/** All rows uniform, but for the first of α. */
function grown(firstRow: readonly number[]): Architecture {
  const random = createRandom(1, 'test');
  const architecture = Architecture.create(CELLS, random).grow(random);
  return Architecture.fromVector(
    CELLS,
    architecture.vector.map((_, i) => firstRow[i] ?? 0),
  );
}

describe('two paths', () => {
  it('are two choices of every row', () => {
    const architecture = grown([]);
    const paths = drawPaths(architecture.probabilities(1), CELLS, createRandom(2, 'test'));
    const widths = [...Array<number>(18).fill(5), ...Array<number>(18).fill(3), ...Array<number>(3).fill(3)];
    let start = 0;
    for (const width of widths) {
      expect(paths.subarray(start, start + width).reduce((a, b) => a + b, 0)).toBe(2);
      start += width;
    }
    expect(paths).toHaveLength(start);
  });

  it.each([
    ['uniform', [0, 0, 0, 0, 0], [0.4, 0.4, 0.4, 0.4, 0.4]],
    ['of three choices', [0.2, 0.2, 0.2, -9, -9], [2 / 3, 2 / 3, 2 / 3, 0, 0]],
    ['of two choices: both', [0.3, -9, 0.2, -9, -9], [1, 0, 1, 0, 0]],
    ['of one choice: that one', [-9, 9, -9, -9, -9], [0, 1, 0, 0, 0]],
    // probabilities .6, .2, .2: 1 − the chance that the other two are drawn, 2 · .2 · .2/.8
    ['the more probable more often', [0.4, 0, 0, -9, -9], [0.9, 0.55, 0.55, 0, 0]],
  ])('are drawn by their probabilities: %s', (_, row, expected) => {
    const probabilities = grown(row).probabilities(1);
    const random = createRandom(3, 'test');
    const draws = 4000;
    const shares = [0, 0, 0, 0, 0];
    for (let i = 0; i < draws; i++)
      drawPaths(probabilities, CELLS, random)
        .subarray(0, 5)
        .forEach((p, j) => (shares[j]! += p / draws));
    shares.forEach((share, j) => expect(share).toBeCloseTo(expected[j]!, 1));
  });

  it('share the probability of the row, and what is not computed has none and no gradient', () => {
    const architecture = grown([0.5, 0, 0, 0, 0]);
    const paths = new Uint8Array(architecture.vector.length).fill(1);
    paths.set([1, 0, 0, 1, 0]);
    const restricted = architecture.restrictedTo(paths);
    const probabilities = restricted.probabilities(1);
    expect([...probabilities.operations.subarray(0, 5)]).toEqual([0.75, 0, 0, 0.25, 0]);
    const table = { ...probabilities, operations: probabilities.operations.map((__, i) => i) };
    expect([...restricted.gradient(probabilities, table, 1).subarray(0, 5)]).toEqual([-1.5, 0, 0, 1.5, 0]);
  });
});
