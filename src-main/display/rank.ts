import type { Trace, TraceTable } from '../vocabulary/trace.js';

/** Numbers of a table in one trace, row-major. */
export const numbersOf = (trace: Trace | null, table: TraceTable | null): readonly number[] | null =>
  (table && trace?.tables[table.name]) ?? null;

/** Numbers of the scores that a table of probabilities was made of; the probabilities where none are kept. */
export const scoresOf = (trace: Trace, table: TraceTable): readonly number[] =>
  (table.scores === undefined ? null : trace.tables[table.scores]) ?? numbersOf(trace, table) ?? [];

/** Rank 1 = largest. Ties are broken by the second key, then by the order of the columns, so that no two share a rank. */
export function ranks(values: readonly number[], tieBreak: readonly number[]): number[] {
  const order = values
    .map((_, index) => index)
    .sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || (tieBreak[b] ?? 0) - (tieBreak[a] ?? 0) || a - b);
  const result = new Array<number>(values.length).fill(0);
  order.forEach((index, position) => (result[index] = position + 1));
  return result;
}

export interface RankPoint {
  readonly epoch: number;
  readonly rank: number;
  readonly probability: number;
}

/** One line per column of a table: its rank in one row over the epochs. Probabilities that are 0 rank by their scores. */
export function columnRanks(traces: readonly Trace[], table: TraceTable, row: number): RankPoint[][] {
  const width = table.columns.length;
  const lines: RankPoint[][] = table.columns.map(() => []);
  const rowOf = (numbers: readonly number[]): readonly number[] => numbers.slice(row * width, (row + 1) * width);
  for (const trace of traces) {
    const numbers = numbersOf(trace, table);
    if (!numbers) continue;
    const probabilities = rowOf(numbers);
    ranks(probabilities, rowOf(scoresOf(trace, table))).forEach((rank, column) =>
      lines[column]?.push({ epoch: trace.epoch, rank, probability: probabilities[column] ?? 0 }),
    );
  }
  return lines;
}
