import type { StudyFigures } from '../vocabulary/study-figures.js';
import type { Trace, TraceDescription } from '../vocabulary/trace.js';
import { columnRanks } from './rank.js';

/** The numbers behind a figure, with all digits. */
export interface NumberTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** Fig. 3 of the paper: one row for each finished retraining. */
export function accuracyTable({ points }: Pick<StudyFigures, 'points'>): NumberTable {
  return {
    columns: ['dataset', 'method', 'budget', 'seed', 'trainingSeed', 'run', 'parameters', 'accuracy'],
    rows: points.map(({ dataset, method, budget, seed, trainingSeed, run, parameters, accuracy }) => [
      ...[dataset, method, budget, seed, trainingSeed, run, parameters, accuracy],
    ]),
  };
}

/** Fig. 2 and 4 of the paper: one row for each drawn architecture. */
export function samplesTable({ samples }: Pick<StudyFigures, 'samples'>): NumberTable {
  return {
    columns: ['dataset', 'method', 'budget', 'seed', 'run', 'draw', 'parameters'],
    rows: samples.flatMap(({ dataset, method, budget, seed, run, parameters }) =>
      parameters.map((count, i) => [dataset, method, budget, seed, run, i + 1, count]),
    ),
  };
}

/** Fig. 5 of the paper, of every edge: one row for each operation in each epoch; null for a search without probabilities of operations. */
export function ranksTable(description: TraceDescription | null, traces: readonly Trace[]): NumberTable | null {
  const table = description?.tables.find(({ draw }) => draw === 'operations');
  if (!table) return null;
  return {
    columns: ['edge', 'operation', 'epoch', 'rank', 'probability'],
    rows: table.rows.flatMap((edge, row) =>
      columnRanks(traces, table, row).flatMap((line, column) =>
        line.map(({ epoch, rank, probability }) => [edge, table.columns[column] ?? '', epoch, rank, probability]),
      ),
    ),
  };
}
