/** Mean and sample standard deviation (n − 1); the deviation of one value is 0. */
export function meanAndDeviation(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const count = values.length;
  if (count === 0) return { mean: Number.NaN, deviation: Number.NaN };
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : 0 };
}
