import type { Estimate } from './vocabulary/diagnostics.js';

/** `0.731 [0.654, 0.799]`, `1.000, no interval`, or `not defined: no image of class 3 in the test part`. */
export function estimateText({ value, interval, missing }: Estimate): string {
  if (value === null) return `not defined: ${missing ?? ''}`;
  return interval === null ? `${value.toFixed(3)}, no interval` : `${value.toFixed(3)} [${intervalText(interval)}]`;
}

/** `0.654, 0.799` */
export function intervalText(interval: readonly [number, number] | null): string {
  return interval === null || interval[0] === interval[1]
    ? 'no interval'
    : interval.map((end) => end.toFixed(3)).join(', ');
}

/** A figure of a table: three decimals, a dash where it is not defined. */
export function figureText(value: number | null): string {
  return value === null || Number.isNaN(value) ? '–' : value.toFixed(3);
}
