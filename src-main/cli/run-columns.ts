import type { RunSummary } from '../vocabulary/run.js';
import { aucText, dateText, NONE, shareText } from './figure-text.js';
import { count, duration, percent, table } from './output.js';

interface RunColumn {
  readonly name: string;
  /** Numbers stand to the right. */
  readonly number?: boolean;
  readonly text: (run: RunSummary) => string;
}

/** Columns of `runs list`: those of the window's history, which a test holds, and the tags. */
export const RUN_COLUMNS: readonly RunColumn[] = [
  { name: '#', number: true, text: ({ run }) => String(run) },
  { name: 'Name', text: ({ name }) => name },
  { name: 'Kind', text: ({ kind }) => (kind === 'search' ? 'Search' : 'Retraining') },
  { name: 'Dataset', text: ({ dataset }) => dataset },
  { name: 'State', text: ({ state }) => state },
  { name: 'Epoch', number: true, text: ({ epoch, epochs }) => `${count(epoch)} / ${count(epochs)}` },
  { name: 'Parameters', number: true, text: parametersText },
  {
    name: 'Search validation',
    number: true,
    text: ({ searchValidation }) => (searchValidation === null ? NONE : shareOrNone(searchValidation.accuracy)),
  },
  { name: 'Test balanced accuracy [95 %]', number: true, text: ({ test }) => shareText(test?.balancedAccuracy) },
  { name: 'Test sensitivity [95 %]', number: true, text: ({ test }) => shareText(test?.finding?.sensitivity) },
  { name: 'Test specificity [95 %]', number: true, text: ({ test }) => shareText(test?.finding?.specificity) },
  { name: 'Test AUC [95 %]', number: true, text: ({ test }) => aucText(test?.auc) },
  { name: 'Test accuracy [95 %]', number: true, text: ({ test }) => shareText(test?.accuracy) },
  { name: 'Duration', number: true, text: ({ seconds }) => duration(seconds) },
  { name: 'Started', text: ({ createdAt }) => dateText(createdAt) },
  { name: 'Tags', text: ({ tags }) => tags.join(' ') },
];

export function runTable(runs: readonly RunSummary[]): string[] {
  return table(
    [RUN_COLUMNS.map(({ name }) => name), ...runs.map((run) => RUN_COLUMNS.map(({ text }) => text(run)))],
    RUN_COLUMNS.map(({ number }) => number === true),
  );
}

export function parametersText({ parameters, expectedParameters }: RunSummary): string {
  if (parameters !== null) return count(parameters);
  return Number.isFinite(expectedParameters) ? `~${count(expectedParameters!)}` : NONE;
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
