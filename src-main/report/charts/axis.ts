import type { Axis } from '../document.js';

/** Ticks between which an axis has at most this many steps. */
const MOST_STEPS = 6;

/** An axis over values of 0 to 1 that ends at round numbers. */
export function niceAxis(title: string, values: readonly number[], format: 'share' | 'area'): Axis {
  const known = values.filter(Number.isFinite);
  const [low, high] = known.length === 0 ? [0, 1] : [Math.min(...known), Math.max(...known)];
  const step = [0.01, 0.02, 0.05, 0.1, 0.2].find((size) => (high - low) / size <= MOST_STEPS - 1) ?? 0.25;
  const min = Math.max(0, Math.floor(low / step + 1e-9) * step);
  const max = Math.min(1, Math.max(min + step, Math.ceil(high / step - 1e-9) * step));
  return { title, min, max, ticks: ticksOf(min, max, step), format };
}

export function ticksOf(min: number, max: number, step: number): number[] {
  const count = Math.floor((max - min) / step + 1e-6);
  return Array.from({ length: count + 1 }, (_, i) => Number((min + i * step).toFixed(6)));
}

/** An axis of counts from 0 or near the smallest. */
export function countAxis(title: string, values: readonly number[]): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = Math.max(1, high - low || high);
  const power = 10 ** Math.floor(Math.log10(span / MOST_STEPS));
  const step = Math.max(1, ([1, 2, 5, 10].find((size) => span / (size * power) <= MOST_STEPS) ?? 10) * power);
  const min = Math.max(0, Math.floor(low / step) * step);
  const max = Math.max(min + step, Math.ceil(high / step) * step);
  return { title, min, max, ticks: ticksOf(min, max, step), format: 'count' };
}
