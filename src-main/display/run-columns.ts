import type { RunSummary } from '../vocabulary/run.js';
import { aucText, NONE, shareText } from './figure-text.js';
import type { Notation } from './notation.js';

export type RunColumnKey =
  | 'run'
  | 'name'
  | 'kind'
  | 'dataset'
  | 'state'
  | 'epoch'
  | 'parameters'
  | 'searchValidation'
  | 'testBalancedAccuracy'
  | 'testSensitivity'
  | 'testSpecificity'
  | 'testAuc'
  | 'testAccuracy'
  | 'seconds'
  | 'createdAt';

export interface RunColumn {
  readonly key: RunColumnKey;
  readonly name: string;
  /** Numbers stand to the right. */
  readonly number?: boolean;
  readonly text: (run: RunSummary, notation: Notation) => string;
}

/** Columns of the history in the window and of `runs list`. */
export const RUN_COLUMNS: readonly RunColumn[] = [
  { key: 'run', name: '#', number: true, text: ({ run }) => String(run) },
  { key: 'name', name: 'Name', text: ({ name }) => name },
  { key: 'kind', name: 'Kind', text: ({ kind }) => kindText(kind) },
  { key: 'dataset', name: 'Dataset', text: ({ dataset }) => dataset },
  { key: 'state', name: 'State', text: ({ state }) => state },
  {
    key: 'epoch',
    name: 'Epoch',
    number: true,
    text: ({ epoch, epochs }, { integer }) => `${integer(epoch)} / ${integer(epochs)}`,
  },
  { key: 'parameters', name: 'Parameters', number: true, text: parametersText },
  {
    key: 'searchValidation',
    name: 'Search validation',
    number: true,
    text: ({ searchValidation }, { percent }) =>
      searchValidation === null || !Number.isFinite(searchValidation.accuracy)
        ? NONE
        : percent(searchValidation.accuracy),
  },
  {
    key: 'testBalancedAccuracy',
    name: 'Test balanced accuracy [95 %]',
    number: true,
    text: ({ test }, notation) => shareText(test?.balancedAccuracy, notation),
  },
  {
    key: 'testSensitivity',
    name: 'Test sensitivity [95 %]',
    number: true,
    text: ({ test }, notation) => shareText(test?.finding?.sensitivity, notation),
  },
  {
    key: 'testSpecificity',
    name: 'Test specificity [95 %]',
    number: true,
    text: ({ test }, notation) => shareText(test?.finding?.specificity, notation),
  },
  {
    key: 'testAuc',
    name: 'Test AUC [95 %]',
    number: true,
    text: ({ test }, notation) => aucText(test?.auc, notation),
  },
  {
    key: 'testAccuracy',
    name: 'Test accuracy [95 %]',
    number: true,
    text: ({ test }, notation) => shareText(test?.accuracy, notation),
  },
  { key: 'seconds', name: 'Duration', number: true, text: ({ seconds }, { duration }) => duration(seconds) },
  { key: 'createdAt', name: 'Started', text: ({ createdAt }, { date }) => date(createdAt) },
];

export const kindText = (kind: RunSummary['kind']): string => (kind === 'search' ? 'Search' : 'Retraining');

/** Parameters of the network; "~72,498" those that a search expects that has not ended. */
export function parametersText({ parameters, expectedParameters }: RunSummary, { integer }: Notation): string {
  if (parameters !== null) return integer(parameters);
  return expectedParameters === null || !Number.isFinite(expectedParameters) ? NONE : `~${integer(expectedParameters)}`;
}
