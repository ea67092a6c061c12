import { incompleteBeta } from './incomplete-beta.js';

/**
 * P(T ≥ t) of Student's t distribution, by the incomplete beta function.
 * @param degreesOfFreedom above 0; need not be whole
 */
export function upperTail(t: number, degreesOfFreedom: number): number {
  if (!(degreesOfFreedom > 0)) throw new RangeError(`degrees of freedom must be above 0, saw ${degreesOfFreedom}`);
  if (t === 0) return 0.5;
  if (!Number.isFinite(t)) return t > 0 ? 0 : 1;
  const outside = incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5) / 2;
  return t > 0 ? outside : 1 - outside;
}

/** The t with P(T ≥ t) = p, by bisection. @param p above 0 and at most ½ */
export function upperQuantile(p: number, degreesOfFreedom: number): number {
  if (!(p > 0 && p <= 0.5)) throw new RangeError(`p must be above 0 and at most 1/2, saw ${p}`);
  let low = 0;
  let high = 1;
  while (upperTail(high, degreesOfFreedom) > p) high *= 2;
  for (let i = 0; i < 200 && low < high; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (upperTail(middle, degreesOfFreedom) > p) low = middle;
    else high = middle;
  }
  return high;
}
