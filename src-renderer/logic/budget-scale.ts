import type { Budget } from '../../src-main/ipc/contract.js';
import { compact } from './format.js';

/**
 * The slider's scale. Parameter counts span two decades, so it is logarithmic; but 0 ("no lower limit") must be on
 * it, so it is log(1 + v/c) with c the smallest network that the space can reach: nearly linear below it, logarithmic above.
 */
export interface BudgetScale {
  readonly smallest: number;
  readonly largest: number;
  /** Count → position in 0..1. */
  position(value: number): number;
  /** Position in 0..1 → count, rounded to what a slider can mean: three significant digits. */
  value(position: number): number;
}

export function budgetScale(reachable: Budget): BudgetScale {
  const smallest = Math.max(1, reachable.lower);
  const largest = Math.max(smallest + 1, reachable.upper);
  const top = Math.log1p(largest / smallest);
  const clamp = (value: number): number => Math.min(largest, Math.max(0, value));
  return {
    smallest,
    largest,
    position: (value) => Math.log1p(clamp(value) / smallest) / top,
    value: (position) => {
      if (position >= 1) return largest;
      return clamp(threeDigits(smallest * Math.expm1(Math.max(0, position) * top)));
    },
  };
}

function threeDigits(value: number): number {
  if (value < 1) return 0;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 2);
  return Math.round(value / unit) * unit;
}

/** One press of an arrow key moves a hundredth of the scale, but always to another value. */
export function nudge(scale: BudgetScale, value: number, steps: number): number {
  const from = scale.position(value);
  for (let tried = 1; tried <= 100; tried++) {
    const next = scale.value(from + (steps * tried) / 100);
    if (next !== value || from + (steps * tried) / 100 >= 1 || from + (steps * tried) / 100 <= 0) return next;
  }
  return value;
}

/** Round tick values inside the scale, about one per decade third. */
export function ticks(scale: BudgetScale): number[] {
  const all: number[] = [0];
  for (let unit = 10 ** Math.floor(Math.log10(scale.smallest)); unit <= scale.largest; unit *= 10) {
    for (const factor of [1, 2, 5]) {
      const value = unit * factor;
      const last = all.at(-1) ?? 0;
      if (value < scale.largest && scale.position(value) - scale.position(last) > 0.085) all.push(value);
    }
  }
  return all.filter((value) => scale.position(value) < 0.93).concat(scale.largest);
}

export interface Preset extends Budget {
  readonly name: 'Small' | 'Medium' | 'Large';
}

/** The three bands of the ZO-DARTS++ paper. */
export const PRESETS: readonly Preset[] = [
  { name: 'Small', lower: 0, upper: 222_000 },
  { name: 'Medium', lower: 342_000, upper: 506_000 },
  { name: 'Large', lower: 726_000, upper: 1_123_000 },
];

/** "small", "medium", "large", "up to 60 k" or "100 k – 150 k": for the name of a run. */
export function budgetName({ lower, upper }: Budget): string {
  const preset = PRESETS.find((band) => band.lower === lower && band.upper === upper);
  if (preset) return preset.name.toLowerCase();
  return lower === 0 ? `up to ${compact(upper)}` : `${compact(lower)} – ${compact(upper)}`;
}

/** A band can be met when some network of the space lies inside it. */
export const canBeMet = (budget: Budget, reachable: Budget): boolean =>
  budget.lower <= budget.upper && budget.upper >= reachable.lower && budget.lower <= reachable.upper;

/** What a budget asks for, and which of its limits asks for nothing, in words. */
export function budgetSentence({ lower, upper }: Budget, reachable: Budget, text: (value: number) => string): string {
  const space = `networks of this search space have ${text(reachable.lower)} to ${text(reachable.upper)}`;
  const binds = { lower: lower > reachable.lower, upper: upper < reachable.upper };
  if (!binds.lower && !binds.upper) return `Any size: ${space}.`;
  const atMost = binds.upper
    ? `At most ${text(upper)} parameters; the search may stay below`
    : `No upper limit: the largest network does not exceed ${text(upper)}`;
  const atLeast = binds.lower
    ? `at least ${text(lower)}`
    : lower > 0
      ? `the lower limit of ${text(lower)} has no effect`
      : 'no lower limit';
  return `${atMost}; ${atLeast}; ${space}.`;
}
