import type { Trace, TraceDescription, TraceSeries } from '../vocabulary/trace.js';
import { count, percent } from './output.js';

/** A number of a trace as people read it. */
export function valueText({ format }: TraceSeries, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (format === 'count') return count(value);
  if (format === 'share') return percent(value);
  return 'of' in format ? `${value} of ${format.of}` : value.toFixed(format.decimals);
}

/** The label inside a line: an abbreviation keeps its capitals. */
export const labelText = ({ label }: TraceSeries): string =>
  label.replace(/^\p{Lu}(?=\p{Ll}|$)/u, (letter) => letter.toLowerCase());

/** "expected parameters 93,210  Temperature T 1.125" of what a trace knows. */
export function traceText(description: TraceDescription | null, trace: Trace | null): string[] {
  if (!description || !trace) return [];
  return description.series.flatMap((series) => {
    const value = trace.values[series.name] ?? null;
    return value === null ? [] : [`${labelText(series)} ${valueText(series, value)}`];
  });
}
