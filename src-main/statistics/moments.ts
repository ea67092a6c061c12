export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Unbiased variance of a sample; 0 for fewer than two values. */
export function variance(values: ArrayLike<number>): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) ** 2;
  return sum / (values.length - 1);
}

/** Of a sample; 0 for a single value. */
export function standardDeviation(values: ArrayLike<number>): number {
  return Math.sqrt(variance(values));
}

/** Variance inside the groups of several samples, each around its own mean, with its degrees of freedom. */
export function pooledVariance(groups: readonly ArrayLike<number>[]): { variance: number; degreesOfFreedom: number } {
  let sum = 0;
  let degreesOfFreedom = 0;
  for (const group of groups) {
    if (group.length < 2) continue;
    sum += variance(group) * (group.length - 1);
    degreesOfFreedom += group.length - 1;
  }
  return { variance: degreesOfFreedom === 0 ? 0 : sum / degreesOfFreedom, degreesOfFreedom };
}
