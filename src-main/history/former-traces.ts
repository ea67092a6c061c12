import { EDGES, KERNEL_SIZES, OPERATIONS, STAGES } from '../vocabulary/space.js';
import type { Trace, TraceDescription } from '../vocabulary/trace.js';

/*
 * Before every method had its own traces there was one method, whose figures stood in fields of their own, in the epochs and
 * in `architecture_snapshots`: this is how they read now. It changes for no later version.
 */

const VALUES = ['phase', 'temperature', 'expectedParameters', 'operationsInSupport'] as const;
const TABLES = ['alpha', 'beta', 'gamma', 'alphaProbabilities', 'betaProbabilities', 'gammaProbabilities'] as const;

type Former<Names extends readonly string[], T> = { readonly [name in Names[number]]?: T };

/** @param epoch with the former fields  @param snapshot of the same epoch, null when there was none */
export function formerTrace(
  epoch: { readonly epoch: number } & Former<typeof VALUES, number | null>,
  snapshot: Former<typeof TABLES, readonly number[] | null> | null,
): Trace {
  return {
    epoch: epoch.epoch,
    values: Object.fromEntries(VALUES.map((name) => [name, epoch[name] ?? null])),
    tables: snapshot ? Object.fromEntries(TABLES.map((name) => [name, snapshot[name] ?? null])) : {},
  };
}

/** @param cells largest number of cells in a stage */
export function formerDescription(cells: number): TraceDescription {
  const stages = Array.from({ length: STAGES }, (_, stage) => `stage ${stage + 1}`);
  const edges = stages.flatMap((stage) => EDGES.map(([target, source]) => `${stage}, edge ${source}→${target}`));
  const kernels = KERNEL_SIZES.map((size) => `${size}×${size}`);
  const depths = Array.from({ length: cells }, (_, j) => (j === 0 ? '1 cell' : `${j + 1} cells`));
  const scores = (name: string, label: string, rows: readonly string[], columns: readonly string[]) =>
    ({ name, label, rows, columns, draw: 'none' }) as const;
  const tables = [
    { ...scores('alpha', 'α', edges, OPERATIONS), drawn: 'Probabilities of operations', as: 'operations' },
    { ...scores('beta', 'β', edges, kernels), drawn: 'Probabilities of kernels', as: 'kernels' },
    { ...scores('gamma', 'γ', stages, depths), drawn: 'Probabilities of the depth', as: 'depth' },
  ] as const;
  return {
    series: [
      { name: 'phase', label: 'Phase', format: { of: 2 }, draw: 'figure' },
      { name: 'temperature', label: 'Temperature T', format: { decimals: 3 }, draw: 'figure' },
      { name: 'expectedParameters', label: 'Expected parameters', format: 'count', draw: 'line' },
      { name: 'operationsInSupport', label: 'Operations per edge', format: { decimals: 1 }, draw: 'figure' },
    ],
    tables: tables.flatMap(({ drawn, as, ...table }) => [
      table,
      { ...table, name: `${table.name}Probabilities`, label: drawn, draw: as, scores: table.name },
    ]),
  };
}
