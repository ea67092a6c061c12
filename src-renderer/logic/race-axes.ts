import type { Budget } from '../../src-main/ipc/contract.js';

/** An axis that shows parameters and budget with room at both ends. */
export interface ParameterAxis {
  readonly min: number;
  readonly max: number;
  readonly logarithmic: boolean;
  readonly ticks: readonly number[];
}

/** From this ratio on, the small networks of a linear axis would lie on top of each other. */
const LOGARITHMIC_FROM = 6;

/** @param counts parameters of what is drawn, at least one */
export function parameterAxis(counts: readonly number[], budget: Budget): ParameterAxis {
  const smallest = Math.min(...counts);
  const largest = Math.max(...counts);
  const low = budget.lower > 0 ? Math.min(smallest, budget.lower) : smallest;
  // A budget that ends far beyond every network would press them together.
  const high = budget.upper <= 2 * largest ? Math.max(largest, budget.upper) : largest;
  if (high / low >= LOGARITHMIC_FROM) {
    const room = (high / low) ** 0.06;
    const [min, max] = [low / room, high * room];
    return { min, max, logarithmic: true, ticks: logarithmicTicks(min, max) };
  }
  const room = 0.08 * Math.max(high - low, 0.1 * high);
  const [min, max] = [Math.max(0, low - room), high + room];
  return { min, max, logarithmic: false, ticks: linearTicks(min, max) };
}

function logarithmicTicks(min: number, max: number): number[] {
  const units = Array.from({ length: 14 }, (_, power) => 10 ** power);
  return units.flatMap((unit) => [unit, 2 * unit, 5 * unit]).filter((tick) => tick >= min && tick <= max);
}

function linearTicks(min: number, max: number): number[] {
  const rough = (max - min) / 6;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5].find((factor) => factor * unit >= rough) ?? 10) * unit;
  const first = Math.ceil(min / step);
  return Array.from({ length: Math.floor(max / step) - first + 1 }, (_, i) => (first + i) * step);
}

export interface AccuracyAxis {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/**
 * An axis of accuracy that holds every interval, in steps that can be read. It need not begin at 0: points have no foot.
 * @param span it shows at least as much, so that a small difference does not fill the picture
 */
export function accuracyAxis(intervals: readonly (readonly [number, number])[], span = 0): AccuracyAxis {
  if (intervals.length === 0) return { min: 0, max: 1, step: 0.2 };
  const lowest = Math.min(...intervals.map(([end]) => end));
  const highest = Math.max(...intervals.map(([, end]) => end));
  const room = Math.max(0, span - (highest - lowest)) / 2;
  const high = Math.min(1, Math.max(highest + room, span));
  const low = Math.max(0, Math.min(lowest - room, high - span));
  const step = high - low > 0.3 ? 0.1 : high - low > 0.12 ? 0.05 : high - low > 0.05 ? 0.02 : 0.01;
  const inSteps = (value: number): number => Number((value * step).toFixed(4));
  return {
    min: Math.max(0, inSteps(Math.floor(low / step))),
    max: Math.min(1, inSteps(Math.ceil(high / step))),
    step,
  };
}
