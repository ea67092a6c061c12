/**
 * Sparsemax: the Euclidean projection of a vector onto the probability simplex, p = max(z − τ, 0) with Σp = 1
 * (Martins & Astudillo 2016, arXiv 1602.02068, algorithm 1). Entries far below the largest become exactly 0.
 */

/** Row-by-row sparsemax(z / temperature). @param z rows × columns, row-major @returns the same shape */
export function sparsemaxRows(z: Float64Array, columns: number, temperature: number): Float64Array {
  const p = new Float64Array(z.length);
  for (let start = 0; start < z.length; start += columns) {
    const row = z.subarray(start, start + columns).map((value) => value / temperature);
    const sorted = row.slice().sort().reverse();
    let sum = 0;
    let threshold = 0;
    for (let k = 1; k <= columns; k++) {
      sum += sorted[k - 1]!;
      if (1 + k * sorted[k - 1]! > sum) threshold = (sum - 1) / k;
    }
    for (let j = 0; j < columns; j++) p[start + j] = Math.max(row[j]! - threshold, 0);
  }
  return p;
}

/**
 * The gradient through `sparsemaxRows`: on the support S of a row, (g − mean of g over S) / temperature; 0 outside it.
 * @param p the probabilities that `sparsemaxRows` returned  @param g ∂L/∂p, same shape
 * @returns ∂L/∂z, same shape
 */
export function sparsemaxRowsGradient(
  p: Float64Array,
  g: ArrayLike<number>,
  columns: number,
  temperature: number,
): Float64Array {
  const dz = new Float64Array(p.length);
  for (let start = 0; start < p.length; start += columns) {
    let size = 0;
    let sum = 0;
    for (let j = start; j < start + columns; j++) {
      if (p[j]! > 0) {
        size++;
        sum += g[j]!;
      }
    }
    for (let j = start; j < start + columns; j++) {
      if (p[j]! > 0) dz[j] = (g[j]! - sum / size) / temperature;
    }
  }
  return dz;
}

/** A map of scores to probabilities, row by row, with its gradient. */
export interface Relaxation {
  readonly rows: (z: Float64Array, columns: number, temperature: number) => Float64Array;
  /** ∂L/∂z at `p`, which must be `rows` of z. */
  readonly gradient: (p: Float64Array, g: Float64Array, columns: number, temperature: number) => Float64Array;
}

export const SPARSEMAX: Relaxation = { rows: sparsemaxRows, gradient: sparsemaxRowsGradient };
