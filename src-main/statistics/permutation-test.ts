import type { Random } from '../compute/random.js';
import { mean } from './moments.js';

/** Up to so many regroupings, all are looked at; beyond, as many are drawn. */
const MOST_REGROUPINGS = 200_000;

export interface PermutationTest {
  /** One-sided: share of the regroupings whose difference of means is at least as large as the observed one. */
  readonly pValue: number;
  /** Whether all regroupings were looked at; else a seeded sample of them. */
  readonly exact: boolean;
}

/**
 * Whether the mean of `first` is above that of `second` beyond chance: the permutation test of Fisher and Pitman.
 * @param random draws regroupings where there are too many for all
 */
export function permutationTest(first: readonly number[], second: readonly number[], random: Random): PermutationTest {
  const all = [...first, ...second];
  const k = first.length;
  if (k === 0 || second.length === 0) throw new RangeError('both groups must have at least one value');
  // sums of the same values in another order differ in their last bits
  const tolerance = 1e-12 * all.reduce((sum, value) => sum + Math.abs(value), 0);
  const observed = k * mean(first) - tolerance;
  const regroupings = choose(all.length, k);
  if (regroupings <= MOST_REGROUPINGS) {
    return { pValue: countAtLeast(all, k, observed) / regroupings, exact: true };
  }
  const order = Uint32Array.from(all, (_, i) => i);
  let count = 1;
  for (let draw = 0; draw < MOST_REGROUPINGS; draw++) {
    let sum = 0;
    for (let i = 0; i < k; i++) {
      const j = i + random.integer(order.length - i);
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
      sum += all[order[i]!]!;
    }
    if (sum >= observed) count++;
  }
  return { pValue: count / (MOST_REGROUPINGS + 1), exact: false };
}

/**
 * Whether the mean of paired differences is another than 0 beyond chance, by exchanging the two of each pair (Fisher 1935): two-sided.
 * @param differences at least one  @param random draws exchanges where there are too many for all
 */
export function pairedPermutationTest(differences: readonly number[], random: Random): PermutationTest {
  const n = differences.length;
  if (n === 0) throw new RangeError('there must be at least one pair');
  const sizes = differences.map(Math.abs);
  const tolerance = 1e-12 * sizes.reduce((sum, size) => sum + size, 0);
  const observed = Math.abs(differences.reduce((sum, difference) => sum + difference, 0)) - tolerance;
  if (2 ** n <= MOST_REGROUPINGS) {
    let count = 0;
    for (let signs = 0; signs < 2 ** n; signs++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (signs >> i) & 1 ? sizes[i]! : -sizes[i]!;
      if (Math.abs(sum) >= observed) count++;
    }
    return { pValue: count / 2 ** n, exact: true };
  }
  let count = 1;
  for (let draw = 0; draw < MOST_REGROUPINGS; draw++) {
    const sum = sizes.reduce((total, size) => total + (random.integer(2) === 0 ? size : -size), 0);
    if (Math.abs(sum) >= observed) count++;
  }
  return { pValue: count / (MOST_REGROUPINGS + 1), exact: false };
}

/** The smallest p that {@link pairedPermutationTest} can give for so many pairs. */
export const smallestPairedP = (pairs: number): number => 2 / 2 ** pairs;

/** Number of ways to take k of n. */
function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) ways = (ways * (n - Math.min(k, n - k) + i)) / i;
  return Math.round(ways);
}

/** How many subsets of k values have a sum of at least `bound`. */
function countAtLeast(values: readonly number[], k: number, bound: number): number {
  const from = (start: number, left: number, sum: number): number => {
    if (left === 0) return sum >= bound ? 1 : 0;
    let count = 0;
    for (let i = start; i <= values.length - left; i++) count += from(i + 1, left - 1, sum + values[i]!);
    return count;
  };
  return from(0, k, 0);
}
