import { InvalidArgumentError } from 'commander';
import type { setOperatingPoint } from '../actions/diagnose-model.js';
import { readBudgetText, type WrittenBudget } from '../budget-text.js';
import { LIMITS, MOST_SEEDS, isWithin, type Limits } from '../vocabulary/limits.js';

/** Parsers of option values; what they refuse is a usage error (exit 2). */

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new InvalidArgumentError(`expected a whole number, saw '${text}'`);
  }
  return Number(text);
}

export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError(`expected a whole number of at least 1, saw '${text}'`);
  return value;
}

/** A parser of what the setting may be (`vocabulary/limits.ts`). */
export function within(setting: keyof Limits): (text: string) => number {
  const limit = LIMITS[setting];
  return (text) => {
    if (limit.step !== null) wholeNumber(text);
    const value = Number(text);
    if (text.trim() === '' || !isWithin(limit, value)) {
      throw new InvalidArgumentError(`expected ${limit.rule}, saw '${text}'`);
    }
    return value;
  };
}

/** A budget in any notation of `budget-text.ts`: 222k, 342k..506k, 1e5..2e5. */
export function budget(text: string): WrittenBudget {
  const read = readBudgetText(text);
  if ('problem' in read) throw new InvalidArgumentError(read.problem);
  return read.value;
}

/** How an operating point is asked for; null: none any more. */
export type WantedOperatingPoint = Parameters<typeof setOperatingPoint>[2];

/** sensitivity:0.95, specificity:0.9, youden, costs:MISSED:FALSE_ALARM, threshold:0.3, none */
export function operatingRule(text: string): WantedOperatingPoint {
  const [rule = '', ...numbers] = text.split(':');
  const values = numbers.map((number) => (/^\d*\.?\d+$/.test(number) ? Number(number) : NaN));
  const [first = NaN, second = NaN] = values;
  const share = values.length === 1 && first >= 0 && first <= 1;
  if ((rule === 'sensitivity' || rule === 'specificity') && share) return { rule, atLeast: first };
  if (rule === 'threshold' && share) return { rule, threshold: first };
  if (rule === 'costs' && values.length === 2 && first > 0 && second > 0) {
    return { rule, missed: first, falseAlarm: second };
  }
  if (rule === 'youden' && values.length === 0) return { rule };
  if (rule === 'none' && values.length === 0) return null;
  throw new InvalidArgumentError(
    `expected sensitivity:0.95, specificity:0.9, youden, costs:MISSED:FALSE_ALARM, threshold:0.3 or none, saw '${text}'`,
  );
}

/** 1,2,3 */
export function seedList(text: string): number[] {
  const seeds = text.split(',').map((part) => within('seed')(part.trim()));
  if (new Set(seeds).size !== seeds.length) throw new InvalidArgumentError(`the same number twice in '${text}'`);
  if (seeds.length > MOST_SEEDS) throw new InvalidArgumentError(`expected at most ${MOST_SEEDS}, saw ${seeds.length}`);
  return seeds;
}
