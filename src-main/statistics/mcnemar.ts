import { incompleteBeta } from './incomplete-beta.js';

/**
 * Exact two-sided p of McNemar's test (1947): how likely it is that answers that differ on so many cases favour one side as
 * clearly as this when neither side is better. Cases that both have right, or both wrong, say nothing.
 * @param onlyFirst cases that only the first has right  @param onlySecond those that only the second has right
 * @returns 1 where no case differs
 */
export function exactMcNemar(onlyFirst: number, onlySecond: number): number {
  const fewer = Math.min(onlyFirst, onlySecond);
  const all = onlyFirst + onlySecond;
  if (!(Number.isInteger(fewer) && Number.isInteger(all) && fewer >= 0)) {
    throw new RangeError(`${onlyFirst} and ${onlySecond} are no counts`);
  }
  if (all === 0 || 2 * fewer >= all - 1) return 1;
  // P(X ≤ fewer) of a binomial distribution with p = 1/2
  return Math.min(1, 2 * incompleteBeta(0.5, all - fewer, fewer + 1));
}
