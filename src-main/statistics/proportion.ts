import { incompleteBeta } from './incomplete-beta.js';
import { upperQuantile } from './student-t.js';

/**
 * The exact 95 % interval of a proportion (Clopper and Pearson 1934).
 * @param successes from 0 to `trials`  @param trials at least 1
 */
export function exactInterval(successes: number, trials: number): readonly [lower: number, upper: number] {
  if (!(trials >= 1 && successes >= 0 && successes <= trials)) {
    throw new RangeError(`${successes} of ${trials} is no proportion`);
  }
  const far = 0.025 ** (1 / trials);
  if (successes === 0) return [0, 1 - far];
  if (successes === trials) return [far, 1];
  return [
    betaQuantile(0.025, successes, trials - successes + 1),
    betaQuantile(0.975, successes + 1, trials - successes),
  ];
}

/**
 * The 95 % interval of a proportion whose trials come in clusters that resemble each other, as images of one patient do: exact, with
 * as many trials as independent ones would say as much (Korn and Graubard 1998). Where all trials agree, each cluster
 * counts once.
 * @param clusters successes and trials of each; those without trials do not count, at least one has some
 */
export function clusteredInterval(
  clusters: readonly { readonly successes: number; readonly trials: number }[],
): readonly [lower: number, upper: number] {
  const counted = clusters.filter(({ trials }) => trials > 0);
  const [successes, trials] = [sum(counted.map((one) => one.successes)), sum(counted.map((one) => one.trials))];
  if (counted.length === trials) return exactInterval(successes, trials);
  const share = successes / trials;
  if (share === 0 || share === 1) return exactInterval(share * counted.length, counted.length);
  if (counted.length < 2) return [0, 1];
  const between = sum(counted.map((one) => (one.successes - share * one.trials) ** 2));
  const variance = (between * counted.length) / (counted.length - 1) / trials ** 2;
  const small = (upperQuantile(0.025, trials - 1) / upperQuantile(0.025, counted.length - 1)) ** 2;
  const effective = variance === 0 ? trials : ((share * (1 - share)) / variance) * small;
  const independent = Math.min(trials, Math.max(1, effective));
  return exactInterval(share * independent, independent);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The x with I_x(a, b) = p, by bisection. */
function betaQuantile(p: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
