import type { Trace, TraceDescription, TraceSeries } from '../vocabulary/trace.js';
import { count, percent } from './output.js';

/** A number of a trace as people read it. */
export function valueText({ format }: TraceSeries, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (format === 'count') return count(value);
  if (format === 'share') return percent(value);
  return 'of' in format ? `${value} of ${format.of}` : value.toFixed(format.decimals);
}

/** "Expected parameters 93,210  Temperature T 1.125" of what a trace knows. */
export function traceText(description: TraceDescription | null, trace: Trace | null): string[] {
  if (!description || !trace) return [];
  return description.series.flatMap((series) => {
    const value = trace.values[series.name] ?? null;
    return value === null ? [] : [`${series.label.toLowerCase()} ${valueText(series, value)}`];
  });
}
