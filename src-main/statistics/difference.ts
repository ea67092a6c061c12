import { upperQuantile, upperTail } from './student-t.js';

/** A part of the variance of an estimate, as well known as its degrees of freedom say. */
export interface Component {
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

/** A difference with its uncertainty. */
export interface Difference {
  readonly difference: number;
  /** 95 %. */
  readonly interval: readonly [number, number];
  /** One-sided: how likely a difference as large as this is when there is none. */
  readonly pValue: number;
}

/**
 * A difference with the t interval and one-sided p of its components (Welch and Satterthwaite's degrees of freedom).
 * Components of variance 0 or without degrees of freedom are unknown and left out; without any, the interval has no width.
 */
export function differenceOf(difference: number, components: readonly Component[]): Difference {
  const known = components.filter(({ variance, degreesOfFreedom }) => variance > 0 && degreesOfFreedom > 0);
  const total = known.reduce((sum, { variance }) => sum + variance, 0);
  if (total === 0) return { difference, interval: [difference, difference], pValue: difference > 0 ? 0 : 1 };
  const weights = known.reduce((sum, { variance, degreesOfFreedom }) => sum + variance ** 2 / degreesOfFreedom, 0);
  const degrees = total ** 2 / weights;
  const error = Math.sqrt(total);
  const reach = upperQuantile(0.025, degrees) * error;
  return {
    difference,
    interval: [difference - reach, difference + reach],
    pValue: upperTail(difference / error, degrees),
  };
}
