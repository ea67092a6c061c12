import { incompleteBeta } from './incomplete-beta.js';

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
