import { InvalidArgumentError } from 'commander';
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

/** 1,2,3 */
export function seedList(text: string): number[] {
  const seeds = text.split(',').map((part) => within('seed')(part.trim()));
  if (new Set(seeds).size !== seeds.length) throw new InvalidArgumentError(`the same number twice in '${text}'`);
  if (seeds.length > MOST_SEEDS) throw new InvalidArgumentError(`expected at most ${MOST_SEEDS}, saw ${seeds.length}`);
  return seeds;
}
