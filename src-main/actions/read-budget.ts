import { readBudgetText, readCount, type Read, type WrittenBudget } from '../budget-text.js';
import { unmetBudget } from '../jobs/budget-check.js';
import { parameterRange } from '../space/parameter-count.js';
import type { Budget } from '../vocabulary/budget.js';
import type { SpaceSettings } from '../vocabulary/space.js';

/** What was written for the two ends of a budget. */
export interface BudgetFields {
  readonly lower: string;
  readonly upper: string;
}

export type BudgetReading =
  { readonly budget: Budget } | { readonly problem: string; readonly field: keyof BudgetFields | null };

/**
 * The budget that two fields mean, checked against what the space can reach. An empty field leaves its end open; a whole range in
 * one of them (1e5..2e5) sets both ends.
 */
export function readBudget(space: SpaceSettings, fields: BudgetFields): BudgetReading {
  const lower = readField(fields.lower, 'lower');
  if ('problem' in lower) return { problem: lower.problem, field: 'lower' };
  const upper = readField(fields.upper, 'upper');
  if ('problem' in upper) return { problem: upper.problem, field: 'upper' };
  // A range that was typed into one field counts for both.
  const range = [upper.value, lower.value].find((end) => end.lower !== null && end.upper !== null);
  const written = range ?? { lower: lower.value.lower, upper: upper.value.upper };
  const reachable = parameterRange(space);
  const budget = { lower: written.lower ?? 0, upper: written.upper ?? Math.max(reachable.upper, written.lower ?? 0) };
  if (budget.lower > budget.upper) {
    return { problem: 'the lower limit is above the upper one: swap them or move one', field: null };
  }
  const problem = unmetBudget(space, budget);
  return problem === null ? { budget } : { problem, field: null };
}

function readField(text: string, end: keyof BudgetFields): Read<WrittenBudget> {
  if (text.trim() === '') return { value: { lower: null, upper: null } };
  const count = readCount(text);
  if ('value' in count) return { value: { lower: null, upper: null, [end]: count.value } };
  const range = readBudgetText(text);
  // A lone number that cannot be read is told as one.
  return 'value' in range || /\.\.|…|–|—|-/.test(text) ? range : count;
}
