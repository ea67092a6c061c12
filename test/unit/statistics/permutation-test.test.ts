import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import {
  pairedPermutationTest,
  permutationTest,
  smallestPairedP,
} from '../../../src-main/statistics/permutation-test.js';

const random = () => createRandom(1, 'permutations');

describe('a permutation test', () => {
  it.each([
    ['the only larger value of four', [9], [1, 2, 3], 1 / 4],
    ['the two largest of five', [8, 9], [1, 2, 3], 1 / 10],
    ['the smallest of four: every regrouping is as large', [0], [1, 2, 3], 1],
    ['equal values: nothing is rarer', [0.1, 0.2], [0.2, 0.1], 5 / 6],
    // sums of 3 of 5: {1,2,5}=8 against 6, 7, 8, 8, 9, 10, 9, 10, 11, 12 → eight of ten are at least 8
    ['a middling group', [1, 2, 5], [3, 4], 8 / 10],
  ])('of %s is exact', (_, first, second, p) => {
    const test = permutationTest(first, second, random());
    expect(test.exact).toBe(true);
    expect(test.pValue).toBeCloseTo(p, 12);
  });

  it('of too many regroupings draws some, and says so', () => {
    const values = Array.from({ length: 40 }, (_, i) => i);
    const test = permutationTest(values.slice(20), values.slice(0, 20), random());
    expect(test).toEqual({ pValue: 1 / 200_001, exact: false });
    const even = (i: number): boolean => i % 2 === 0;
    const mixed = permutationTest(
      values.filter(even),
      values.filter((i) => !even(i)),
      random(),
    );
    expect(mixed.exact).toBe(false);
    expect(mixed.pValue).toBeGreaterThan(0.5);
    expect(mixed).toEqual(
      permutationTest(
        values.filter(even),
        values.filter((i) => !even(i)),
        random(),
      ),
    );
  });

  it('agrees with the exact one where both can be made', () => {
    const noise = createRandom(2, 'values');
    const draw = (n: number, mean: number): number[] => Array.from({ length: n }, () => mean + noise.normal());
    // C(20, 9) = 167,960 is exact, C(21, 9) = 293,930 is not: one more value of the middle changes little
    const [first, second] = [draw(9, 0.7), draw(11, 0)];
    const exact = permutationTest(first, second, random());
    const sampled = permutationTest(first, [...second, 0], random());
    expect([exact.exact, sampled.exact]).toEqual([true, false]);
    expect(Math.abs(exact.pValue - sampled.pValue)).toBeLessThan(0.03);
  });

  it('needs both groups', () => {
    expect(() => permutationTest([], [1], random())).toThrow('both groups must have at least one value');
  });
});

describe('a permutation test of pairs', () => {
  it.each([
    ['one pair says nothing', [5], 1],
    ['three in one direction', [0.02, 0.04, 0.03], 2 / 8],
    ['the sign does not matter', [-0.02, -0.04, -0.03], 2 / 8],
    // sums of ±3 ±1 ±2: ±6, ±4, ±2, 0, 0; six of eight reach 2
    ['a middling sum', [3, 1, -2], 6 / 8],
    ['no difference at all', [0, 0], 1],
    ['six in one direction', [1, 2, 3, 4, 5, 6], 2 / 64],
  ])('%s', (_, differences, p) => {
    expect(pairedPermutationTest(differences, random())).toEqual({ pValue: p, exact: true });
    expect(p).toBeGreaterThanOrEqual(smallestPairedP(differences.length));
  });

  it('of too many pairs draws some, and says so', () => {
    const test = pairedPermutationTest(new Array<number>(30).fill(1), random());
    expect(test).toEqual({ pValue: 1 / 200_001, exact: false });
    const even = Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    expect(pairedPermutationTest(even, random())).toEqual({ pValue: 1, exact: false });
  });

  it('of nothing is refused', () => {
    expect(() => pairedPermutationTest([], random())).toThrow('there must be at least one pair');
  });
});
