import type { Relaxation } from './sparsemax.js';

/** softmax(z / temperature), row by row. */
export const SOFTMAX: Relaxation = {
  rows: (z, columns, temperature) =>
    byRow(z, columns, (row) => {
      const largest = Math.max(...row);
      const powers = row.map((value) => Math.exp((value - largest) / temperature));
      const sum = powers.reduce((a, b) => a + b, 0);
      return powers.map((power) => power / sum);
    }),
  gradient: (p, g, columns, temperature) =>
    byRow(p, columns, (row, start) => {
      const mean = row.reduce((sum, probability, i) => sum + probability * g[start + i]!, 0);
      return row.map((probability, i) => (probability * (g[start + i]! - mean)) / temperature);
    }),
};

function byRow(
  values: Float64Array,
  columns: number,
  map: (row: Float64Array, start: number) => Float64Array,
): Float64Array {
  const result = new Float64Array(values.length);
  for (let start = 0; start < values.length; start += columns) {
    result.set(map(values.subarray(start, start + columns), start), start);
  }
  return result;
}
