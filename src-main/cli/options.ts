import { InvalidArgumentError } from 'commander';
import type { Budget } from '../vocabulary/budget.js';

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

/** LO..HI; k and M are thousands and millions: 342k..506k. */
export function budget(text: string): Budget {
  const match = /^(\d+(?:\.\d+)?)([kM]?)\.\.(\d+(?:\.\d+)?)([kM]?)$/.exec(text);
  if (!match) throw new InvalidArgumentError(`expected LO..HI, for example 0..222k or 342000..506000, saw '${text}'`);
  const number = (digits: string, unit: string): number =>
    Math.round(Number(digits) * (unit === 'k' ? 1e3 : unit === 'M' ? 1e6 : 1));
  const [lower, upper] = [number(match[1]!, match[2]!), number(match[3]!, match[4]!)];
  if (lower > upper) throw new InvalidArgumentError(`the smaller number comes first, saw '${text}'`);
  return { lower, upper };
}

/** 1,2,3 */
export function numberList(text: string): number[] {
  const values = text.split(',').map((part) => wholeNumber(part.trim()));
  if (new Set(values).size !== values.length) throw new InvalidArgumentError(`the same number twice in '${text}'`);
  return values;
}

/** A number between 0 and 1, both excluded. */
export function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError(`expected a number between 0 and 1, saw '${text}'`);
  return value;
}

/** A number of at least 0. */
export function nonNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0) || !Number.isFinite(value)) {
    throw new InvalidArgumentError(`expected a number of at least 0, saw '${text}'`);
  }
  return value;
}
