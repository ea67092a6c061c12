import { mean, standardDeviation } from './moments.js';

/**
 * Ridge regression (Hoerl and Kennard 1970) on columns that are standardised first. A column that does not vary is left out.
 * @param rows one for each target, of equal length  @param penalty on the squared weights, above 0
 * @returns the prediction for a row
 */
export function ridge(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  penalty: number,
): (row: readonly number[]) => number {
  const columns = (rows[0] ?? []).map((_, column) => rows.map((row) => row[column]!));
  const [centres, spreads] = [columns.map(mean), columns.map(standardDeviation)];
  const standardised = (row: readonly number[]): number[] =>
    row.map((value, column) => (spreads[column] === 0 ? 0 : (value - centres[column]!) / spreads[column]!));
  const centre = mean(targets);
  const table = rows.map(standardised);
  const moments = centres.map((_, a) =>
    centres.map((__, b) => table.reduce((sum, row) => sum + row[a]! * row[b]!, a === b ? penalty : 0)),
  );
  const weights = solve(
    moments,
    centres.map((_, a) => table.reduce((sum, row, i) => sum + row[a]! * (targets[i]! - centre), 0)),
  );
  return (row) => standardised(row).reduce((sum, value, column) => sum + value * weights[column]!, centre);
}

/** Solves A·x = b by Cholesky's decomposition. @param matrix symmetric and positive definite */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const lower: number[][] = [];
  matrix.forEach((row, i) => {
    const own: number[] = [];
    for (let j = 0; j <= i; j++) {
      const other = j === i ? own : lower[j]!;
      const rest = own.slice(0, j).reduce((sum, value, k) => sum - value * other[k]!, row[j]!);
      own.push(j === i ? Math.sqrt(rest) : rest / other[j]!);
    }
    lower.push(own);
  });
  const forward: number[] = [];
  lower.forEach((row, i) =>
    forward.push(forward.reduce((sum, value, k) => sum - row[k]! * value, right[i]!) / row[i]!),
  );
  const solution = forward.slice();
  for (let i = solution.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < solution.length; k++) solution[i]! -= lower[k]![i]! * solution[k]!;
    solution[i]! /= lower[i]![i]!;
  }
  return solution;
}
