import { RUN_COLUMNS as COLUMNS } from '../display/run-columns.js';
import type { RunSummary } from '../vocabulary/run.js';
import { aucText, shareText, NONE, TERMINAL } from './figure-text.js';
import { percent, table } from './output.js';

/** Columns of `runs list`: those of the window's history, and the tags, which the window shows beside the name. */
export const RUN_COLUMNS: readonly {
  readonly name: string;
  readonly number?: boolean;
  readonly text: (run: RunSummary) => string;
}[] = [
  ...COLUMNS.map((column) => ({ ...column, text: (run: RunSummary) => column.text(run, TERMINAL) })),
  { name: 'Tags', text: ({ tags }) => tags.join(' ') },
];

export function runTable(runs: readonly RunSummary[]): string[] {
  return table(
    [RUN_COLUMNS.map(({ name }) => name), ...runs.map((run) => RUN_COLUMNS.map(({ text }) => text(run)))],
    RUN_COLUMNS.map(({ number }) => number === true),
  );
}

/** What a search says of itself, in words. */
export function searchValidationLine({ accuracy, auc }: NonNullable<RunSummary['searchValidation']>): string {
  const ofAuc = auc === null || Number.isNaN(auc) ? '' : `, AUC ${auc.toFixed(3)}`;
  return `search validation: accuracy ${shareOrNone(accuracy)}${ofAuc}, of the search itself on its architecture half of the images`;
}

/** What a retraining reaches on the test part, in words. */
export function testLine({
  networks,
  balancedAccuracy,
  finding,
  auc,
  accuracy,
}: NonNullable<RunSummary['test']>): string {
  const of = networks === 1 ? '1 network' : `mean of ${networks} networks`;
  const figures = [
    `balanced accuracy ${shareText(balancedAccuracy)}`,
    ...(finding
      ? [
          `sensitivity for "${finding.label}" ${shareText(finding.sensitivity)}`,
          `specificity ${shareText(finding.specificity)}`,
        ]
      : []),
    `AUC ${aucText(auc)}`,
    `accuracy ${shareText(accuracy)}`,
  ];
  return `test set, ${of} [95 %]: ${figures.join(', ')}`;
}

const shareOrNone = (share: number): string => (Number.isFinite(share) ? percent(share) : NONE);
