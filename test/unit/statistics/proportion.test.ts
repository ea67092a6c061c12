import { describe, expect, it } from 'vitest';
import { exactInterval } from '../../../src-main/statistics/proportion.js';

describe('the exact interval of a proportion', () => {
  // published tables of Clopper and Pearson's interval
  it.each([
    [0, 10, 0, 0.3085],
    [1, 10, 0.0025, 0.445],
    [5, 10, 0.1871, 0.8129],
    [8, 10, 0.4439, 0.9748],
    [10, 10, 0.6915, 1],
    [1, 1, 0.025, 1],
    [50, 100, 0.3983, 0.6017],
  ])('of %i in %i', (successes, trials, lower, upper) => {
    const [low, high] = exactInterval(successes, trials);
    expect(low).toBeCloseTo(lower, 4);
    expect(high).toBeCloseTo(upper, 4);
  });

  /** P(X ≥ k) of a binomial distribution, summed term by term. */
  const atLeast = (k: number, n: number, p: number): number => {
    let [term, sum] = [(1 - p) ** n, 0];
    for (let i = 0; i <= n; i++) {
      if (i >= k) sum += term;
      term *= ((n - i) / (i + 1)) * (p / (1 - p));
    }
    return sum;
  };

  it('leaves 2.5 % on each side', () => {
    for (const [k, n] of [
      [3, 21],
      [11, 42],
      [110, 114],
    ] as const) {
      const [low, high] = exactInterval(k, n);
      expect(atLeast(k, n, low)).toBeCloseTo(0.025, 9);
      expect(1 - atLeast(k + 1, n, high)).toBeCloseTo(0.025, 9);
    }
  });

  it('refuses what is no proportion', () => {
    expect(() => exactInterval(0, 0)).toThrow('0 of 0 is no proportion');
    expect(() => exactInterval(3, 2)).toThrow('3 of 2 is no proportion');
  });
});
