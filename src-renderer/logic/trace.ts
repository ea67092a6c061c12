import type { Trace, TraceSeries } from '../../src-main/ipc/contract.js';
import { compact, decimal, percent } from './format.js';

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
