/** A 95 % interval. */
export type Interval = readonly [lower: number, upper: number];

/** Value below which `share` of the sorted values lie, linear between neighbours. */
export function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (high - low) * (position - below);
}

/**
 * The basic bootstrap interval (Davison and Hinkley 1997), for a figure that is at least 0 and that resampling enlarges as
 * sampling has enlarged the estimate: it reaches as far below the estimate as the resamples reach above it.
 */
export function basicInterval(estimate: number, values: readonly number[]): Interval {
  const [lower, upper] = percentileInterval(values);
  return [Math.max(0, 2 * estimate - upper), Math.max(0, 2 * estimate - lower)];
}

/** The middle 95 % of resampled values that are numbers. */
export function percentileInterval(values: readonly number[]): Interval {
  const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
}
