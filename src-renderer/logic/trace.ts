import type { Trace, TraceDescription, TraceSeries, TraceTable } from '../../src-main/ipc/contract.js';
import { compact, decimal, percent } from './format.js';

/** The tables of a search over the supernet, by what they say. */
export interface SupernetTables {
  readonly operations: TraceTable;
  readonly kernels: TraceTable | null;
  readonly depth: TraceTable | null;
}

/** Null for a search that has no probabilities of operations. */
export function supernetTables(description: TraceDescription | null): SupernetTables | null {
  const drawn = (draw: TraceTable['draw']): TraceTable | null =>
    description?.tables.find((table) => table.draw === draw) ?? null;
  const operations = drawn('operations');
  return operations && { operations, kernels: drawn('kernels'), depth: drawn('depth') };
}

/** Numbers of a table in one trace, row-major. */
export const numbersOf = (trace: Trace | null, table: TraceTable | null): readonly number[] | null =>
  (table && trace?.tables[table.name]) ?? null;

/** Numbers of the scores that a table of probabilities was made of; the probabilities where none are kept. */
export const scoresOf = (trace: Trace, table: TraceTable): readonly number[] =>
  (table.scores === undefined ? null : trace.tables[table.scores]) ?? numbersOf(trace, table) ?? [];

export function valueText({ format }: TraceSeries, value: number | null | undefined): string {
  if (format === 'count') return compact(value);
  if (format === 'share') return percent(value);
  if ('of' in format) return value === null || value === undefined ? decimal(null, 0) : `${value} of ${format.of}`;
  return decimal(value, format.decimals);
}

/** The newest value of a series. */
export const newest = (traces: readonly Trace[], name: string): number | null =>
  traces.findLast(({ values }) => (values[name] ?? null) !== null)?.values[name] ?? null;

/** A series over the epochs. */
export const pointsOf = (traces: readonly Trace[], name: string): { x: number; y: number }[] =>
  traces.flatMap(({ epoch, values }) => {
    const y = values[name] ?? null;
    return y === null ? [] : [{ x: epoch, y }];
  });
