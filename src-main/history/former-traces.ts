import type { Trace, TraceDescription } from '../vocabulary/trace.js';

/*
 * Before every method had its own traces there was one method, whose figures stood in fields of their own, in the epochs and
 * in `architecture_snapshots`: this is how they read now. It changes for no later version.
 */

const OPERATIONS = ['none', 'skip_connect', 'conv_1x1', 'kernel_variable_conv', 'avg_pool_3x3'];
const KERNELS = ['7×7', '5×5', '3×3'];
const EDGES = ['0→1', '0→2', '1→2', '0→3', '1→3', '2→3'];
const STAGES = ['stage 1', 'stage 2', 'stage 3'];
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
  const edges = STAGES.flatMap((stage) => EDGES.map((edge) => `${stage}, edge ${edge}`));
  const depths = Array.from({ length: cells }, (_, j) => (j === 0 ? '1 cell' : `${j + 1} cells`));
  const scores = (name: string, label: string, rows: readonly string[], columns: readonly string[]) =>
    ({ name, label, rows, columns, draw: 'none' }) as const;
  const tables = [
    { ...scores('alpha', 'α', edges, OPERATIONS), drawn: 'Probabilities of operations', as: 'operations' },
    { ...scores('beta', 'β', edges, KERNELS), drawn: 'Probabilities of kernels', as: 'kernels' },
    { ...scores('gamma', 'γ', STAGES, depths), drawn: 'Probabilities of the depth', as: 'depth' },
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
