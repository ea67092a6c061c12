import type { Budget, EpochRecord } from '../../src-main/ipc/contract.js';
import { compact, decimal, percent } from './format.js';

/** Charts in one sentence each, for those who do not see them. */
export function lossSummary(records: readonly EpochRecord[]): string {
  const first = records[0];
  const last = records.at(-1);
  if (!first || !last) return 'No epoch has ended yet.';
  const judged = records.findLast(({ validationAccuracy }) => validationAccuracy !== null);
  return (
    `Training loss from ${decimal(first.loss, 3)} in epoch ${first.epoch} to ${decimal(last.loss, 3)} in epoch ${last.epoch}; ` +
    `training accuracy from ${percent(first.accuracy)} to ${percent(last.accuracy)}; ` +
    (judged
      ? `validation accuracy ${percent(judged.validationAccuracy)} in epoch ${judged.epoch}.`
      : 'no validation measured.')
  );
}

/** Where the expected parameters stand against the band. */
export function budgetSummary(expected: number | null | undefined, budget: Budget): string {
  if (expected === null || expected === undefined) return 'The budget takes effect in phase 2.';
  const band = `${compact(budget.lower)} to ${compact(budget.upper)}`;
  if (expected > budget.upper) return `${compact(expected - budget.upper)} above the budget of ${band}.`;
  if (expected < budget.lower) return `${compact(budget.lower - expected)} below the budget of ${band}.`;
  return `Within the budget of ${band}.`;
}
