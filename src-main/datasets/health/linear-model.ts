/** Penalties that are tried, as shares of the number of training images. */
const PENALTIES = [1e-3, 1e-2, 1e-1, 1] as const;
const ROWS_AT_ONCE = 1024;

export interface LinearModel {
  /** @param row of features  @returns a score for each target, larger for what is said */
  scores(values: Float32Array, row: number): Float64Array;
}

/**
 * Least squares with a penalty on the squared weights (ridge regression, Hoerl and Kennard 1970) of 0/1 targets on standardised features, once
 * for each penalty.
 * @param values row-major, rows × features  @param targets row-major, rows × outputs, 0 or 1
 * @param turn between two pieces of the work
 */
export async function linearModels(
  values: Float32Array,
  features: number,
  targets: Uint8Array,
  outputs: number,
  turn: () => Promise<void>,
): Promise<readonly LinearModel[]> {
  const rows = values.length / features;
  const { centre, spread } = moments(values, features);
  const share = new Float64Array(outputs);
  targets.forEach((value, p) => (share[p % outputs]! += value / rows));
  const gram = new Float64Array(features * features);
  const right = new Float64Array(features * outputs);
  const row = new Float64Array(features);
  for (let r = 0; r < rows; r++) {
    for (let f = 0; f < features; f++) row[f] = (values[r * features + f]! - centre[f]!) / spread[f]!;
    for (let a = 0; a < features; a++) {
      const own = row[a]!;
      const line = a * features;
      for (let b = 0; b <= a; b++) gram[line + b]! += own * row[b]!;
      for (let k = 0; k < outputs; k++) right[a * outputs + k]! += own * (targets[r * outputs + k]! - share[k]!);
    }
    if (r % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await turn();
  }
  return PENALTIES.map((penalty) => {
    const weights = solve(gram, right, features, outputs, penalty * rows);
    return {
      scores(of, r) {
        const scores = Float64Array.from(share);
        for (let f = 0; f < features; f++) {
          const value = (of[r * features + f]! - centre[f]!) / spread[f]!;
          for (let k = 0; k < outputs; k++) scores[k]! += value * weights[f * outputs + k]!;
        }
        return scores;
      },
    };
  });
}

/** A feature that does not vary has the spread 1, so that it is 0 once standardised. */
function moments(values: Float32Array, features: number): { centre: Float64Array; spread: Float64Array } {
  const rows = values.length / features;
  const centre = new Float64Array(features);
  const spread = new Float64Array(features);
  values.forEach((value, p) => (centre[p % features]! += value / rows));
  values.forEach((value, p) => (spread[p % features]! += (value - centre[p % features]!) ** 2 / rows));
  return { centre, spread: spread.map((variance) => (variance > 1e-12 ? Math.sqrt(variance) : 1)) };
}

/** Solves (A + penalty · I) · x = b by Cholesky's decomposition. @param gram lower triangle of A  @param right features × outputs */
function solve(gram: Float64Array, right: Float64Array, size: number, outputs: number, penalty: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = gram[i * size + j]! + (i === j ? penalty : 0);
      for (let k = 0; k < j; k++) rest -= lower[i * size + k]! * lower[j * size + k]!;
      lower[i * size + j] = i === j ? Math.sqrt(rest) : rest / lower[j * size + j]!;
    }
  }
  const solution = Float64Array.from(right);
  for (let k = 0; k < outputs; k++) {
    for (let i = 0; i < size; i++) {
      let rest = solution[i * outputs + k]!;
      for (let j = 0; j < i; j++) rest -= lower[i * size + j]! * solution[j * outputs + k]!;
      solution[i * outputs + k] = rest / lower[i * size + i]!;
    }
    for (let i = size - 1; i >= 0; i--) {
      let rest = solution[i * outputs + k]!;
      for (let j = i + 1; j < size; j++) rest -= lower[j * size + i]! * solution[j * outputs + k]!;
      solution[i * outputs + k] = rest / lower[i * size + i]!;
    }
  }
  return solution;
}
