import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { clusteredInterval, exactInterval } from '../../../src-main/statistics/proportion.js';

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

describe('the interval of a proportion whose trials come in clusters', () => {
  const of = (...clusters: readonly (readonly [successes: number, trials: number])[]): readonly [number, number] =>
    clusteredInterval(clusters.map(([successes, trials]) => ({ successes, trials })));

  it('is the exact one where each cluster has one trial', () => {
    expect(of([1, 1], [0, 1], [1, 1], [0, 0], [1, 1])).toEqual(exactInterval(3, 4));
  });

  it('by hand: four patients with five images each, 14 of 20 right', () => {
    // p = .7; Σ (x − .7 · 5)² = 2.25 + 2.25 + .25 + .25 = 5; variance = 4 / 3 · 5 / 400 = 1 / 60; .21 · 60 = 12.6 independent images,
    // times (t₁₉ / t₃)² = (2.093024 / 3.182446)²
    const independent = 12.6 * (2.093024 / 3.182446) ** 2;
    const [low, high] = of([5, 5], [2, 5], [4, 5], [3, 5]);
    const [wantedLow, wantedHigh] = exactInterval(0.7 * independent, independent);
    expect(low).toBeCloseTo(wantedLow, 5);
    expect(high).toBeCloseTo(wantedHigh, 5);
    expect(high - low).toBeGreaterThan(exactInterval(14, 20)[1] - exactInterval(14, 20)[0]);
  });

  it('counts each cluster once where all trials agree, and says nothing of one cluster that does not', () => {
    expect(of([5, 5], [3, 3], [4, 4])).toEqual(exactInterval(3, 3));
    expect(of([0, 5], [0, 3])).toEqual(exactInterval(0, 2));
    expect(of([3, 5])).toEqual([0, 1]);
  });

  it('holds what is true at least 93 times of 100 where images of a patient resemble each other, the exact one does not', () => {
    const random = createRandom(1, 'clusters');
    let [clustered, exact] = [0, 0];
    const trials = 600;
    for (let trial = 0; trial < trials; trial++) {
      // half of all patients are easy: nine of ten images right, the others half
      const clusters = Array.from({ length: 30 }, () => {
        const share = random.uniform() < 0.5 ? 0.9 : 0.5;
        const n = 1 + random.integer(10);
        return {
          successes: Array.from({ length: n }, () => random.uniform()).filter((u) => u < share).length,
          trials: n,
        };
      });
      const holds = ([low, high]: readonly [number, number]): number => Number(low <= 0.7 && 0.7 <= high);
      clustered += holds(clusteredInterval(clusters));
      const sum = (of: 'successes' | 'trials'): number => clusters.reduce((total, one) => total + one[of], 0);
      exact += holds(exactInterval(sum('successes'), sum('trials')));
    }
    expect(clustered / trials).toBeGreaterThan(0.93);
    expect(exact / trials).toBeLessThan(0.92);
  });
});
