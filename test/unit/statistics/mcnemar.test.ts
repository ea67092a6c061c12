import { describe, expect, it } from 'vitest';
import { exactMcNemar } from '../../../src-main/statistics/mcnemar.js';

/** Twice the sum of binomial coefficients over 2^n, by hand. */
function bySum(fewer: number, all: number): number {
  let [coefficient, sum] = [1, 0];
  for (let k = 0; k <= fewer; k++) {
    sum += coefficient;
    coefficient *= (all - k) / (k + 1);
  }
  return Math.min(1, (2 * sum) / 2 ** all);
}

describe("McNemar's exact test", () => {
  it.each([
    [0, 0, 1],
    [1, 0, 1],
    [0, 5, 2 / 32],
    [1, 9, 22 / 1024],
    [4, 4, 1],
    [4, 5, 1],
    [3, 12, bySum(3, 15)],
    [40, 20, bySum(20, 60)],
  ])('%i against %i', (first, second, p) => {
    expect(exactMcNemar(first, second)).toBeCloseTo(p, 10);
    expect(exactMcNemar(second, first)).toBe(exactMcNemar(first, second));
  });

  it.each([
    [-1, 3],
    [0.5, 2],
  ])('refuses %d and %d', (first, second) => {
    expect(() => exactMcNemar(first, second)).toThrow('are no counts');
  });
});
