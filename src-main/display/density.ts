/** A point of a curve: the density at a value. */
export interface DensityPoint {
  readonly value: number;
  readonly density: number;
}

/**
 * Gaussian kernel density of a sample with Silverman's rule of thumb for the bandwidth, 0.9 · min(s, IQR / 1.34) · n^(−1/5)
 * (Silverman 1986, equation 3.31); where the quartiles coincide, s alone counts.
 * @param from of the curve; default the smallest value  @param to default the largest  @param points of the curve
 * @returns no point when fewer than two values differ: there is no width to estimate
 */
export function densityOf(
  values: readonly number[],
  { from, to, points = 64 }: { readonly from?: number; readonly to?: number; readonly points?: number } = {},
): DensityPoint[] {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const [lowest, highest] = [sorted[0], sorted.at(-1)];
  if (lowest === undefined || highest === undefined || lowest === highest) return [];
  const centre = sorted.reduce((sum, value) => sum + value, 0) / n;
  const deviation = Math.sqrt(sorted.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (n - 1));
  const spread = (quantileOf(sorted, 0.75) - quantileOf(sorted, 0.25)) / 1.34;
  const bandwidth = 0.9 * (spread > 0 ? Math.min(deviation, spread) : deviation) * n ** -0.2;
  const [begin, end] = [from ?? lowest, to ?? highest];
  const scale = 1 / (n * bandwidth * Math.sqrt(2 * Math.PI));
  return Array.from({ length: points }, (_, i) => {
    const value = begin + ((end - begin) * i) / (points - 1);
    const density = sorted.reduce((sum, own) => sum + Math.exp(-0.5 * ((value - own) / bandwidth) ** 2), 0) * scale;
    return { value, density };
  });
}

/** Quantile of a sorted sample, linear between its values (R's type 7). */
export function quantileOf(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}
