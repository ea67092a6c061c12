import { LIMITS, isWithin } from './vocabulary/limits.js';

/** A budget as a person writes it: an end that is left open is null. */
export interface WrittenBudget {
  readonly lower: number | null;
  readonly upper: number | null;
}

export type Read<T> = { readonly value: T } | { readonly problem: string };

const UNITS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6 };
const SPACES = /[\s\u00a0\u2007\u2009\u202f]+/g;
const RANGE = / ?(?:\.{2,3}|…|–|—|-) ?/;

/** How budgets are written, for hints and messages. */
export const BUDGET_NOTATION = '222k, 0..222k, ..222k, 342000..506000 or 1e5..2e5';

/**
 * Reads a budget: LO..HI, ..HI, LO.. or HI alone, which is "at most". Numbers as {@link readCount} takes them.
 */
export function readBudgetText(text: string): Read<WrittenBudget> {
  const ends = text.replace(SPACES, ' ').trim().split(RANGE);
  if (ends.length > 2 || ends.every((end) => end === '')) {
    return { problem: `'${text.trim()}' is not a budget: write ${BUDGET_NOTATION}` };
  }
  const [lower, upper] = (ends.length === 1 ? ['', ends[0]!] : ends).map((end) =>
    end === '' ? { value: null } : readCount(end),
  ) as [Read<number | null>, Read<number | null>];
  if ('problem' in lower) return lower;
  if ('problem' in upper) return upper;
  if (lower.value !== null && upper.value !== null && lower.value > upper.value) {
    return { problem: `the smaller number must come first, saw '${text.trim()}'` };
  }
  return { value: { lower: lower.value, upper: upper.value } };
}

/**
 * Reads a number of parameters, wherever the writer comes from: 222000, 222,000, 222.000, 222 000, 222k, 30.5k, 30,5k, 1.1M,
 * 1e5. A count is whole, so a point or comma before exactly three digits groups thousands where there is no unit, and is a
 * decimal sign where fewer or more follow before a unit. What can be read in two ways (1.123M) is refused.
 */
export function readCount(text: string): Read<number> {
  const written = text.replace(SPACES, ' ').trim();
  const match = /^(\d+(?:[ .,'’_]\d+)*) ?(?:e\+?(\d{1,2})|([km]))?$/i.exec(written);
  if (!match) return { problem: `'${written}' is not a number of parameters: write 222000, 222k, 1.1M or 1e5` };
  const [, digits = '', exponent, unit] = match;
  const scale = exponent !== undefined ? 10 ** Number(exponent) : (UNITS[unit?.toLowerCase() ?? ''] ?? 1);
  const read = readDigits(digits, exponent !== undefined ? 'exponent' : unit !== undefined ? 'unit' : 'none');
  if (read === 'two ways') {
    const plain = digits.replace(/\D/g, '');
    const decimal = unit?.toLowerCase() === 'm' ? `${plain}k` : plain;
    return { problem: `'${written}' can be read as ${decimal} or as ${plain}${unit!}: write one of the two` };
  }
  // A product of what was written in decimals may miss a whole number by rounding.
  const value = Math.round(read * scale);
  if (Number.isNaN(read) || Math.abs(read * scale - value) > 1e-6 * Math.max(1, value)) {
    return { problem: `'${written}' is not a whole number of parameters: write 222000, 222k, 1.1M or 1e5` };
  }
  if (!isWithin(LIMITS.parameters, value)) {
    return { problem: `'${written}' is too large: the largest budget is ${LIMITS.parameters.highest}` };
  }
  return { value };
}

/** The number in front of a unit or exponent; NaN where it makes no sense. */
function readDigits(digits: string, follows: 'none' | 'unit' | 'exponent'): number | 'two ways' {
  const parts = digits.split(/[ .,'’_]/);
  const signs = digits.replace(/\d/g, '').replaceAll('’', "'");
  const last = signs.at(-1);
  if (last === undefined) return Number(digits);
  const isGrouped = (groups: readonly string[]): boolean =>
    /^[1-9]\d{0,2}$/.test(groups[0] ?? '') && groups.slice(1).every((group) => group.length === 3);
  const whole = (groups: readonly string[]): number => Number(groups.join(''));
  const sameSign = signs === last.repeat(signs.length);
  const isPoint = last === '.' || last === ',';
  if (sameSign && (signs.length > 1 || !isPoint || follows === 'none')) {
    return isGrouped(parts) ? whole(parts) : NaN;
  }
  if (sameSign) {
    if (follows === 'unit' && isGrouped(parts)) return 'two ways';
    return Number(parts.join('.'));
  }
  // Groups with one sign, decimals with the other: 1.234,5k.
  const groups = parts.slice(0, -1);
  const oneGroupSign = new Set(signs.slice(0, -1)).size === 1 && signs.indexOf(last) === signs.length - 1;
  if (!isPoint || !oneGroupSign || follows === 'none' || !isGrouped(groups)) return NaN;
  return Number(`${groups.join('')}.${parts.at(-1)}`);
}
