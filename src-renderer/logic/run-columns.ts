import type { RunSummary } from '../../src-main/ipc/contract.js';
import { dateTime, decimal, duration, integer, NONE, percent } from './format.js';
import type { SortColumn } from './run-table.js';

export interface RunColumn {
  readonly key: SortColumn;
  readonly name: string;
  readonly number?: boolean;
  /** What the column says, where its name alone does not. */
  readonly hint?: string;
  readonly text: (run: RunSummary) => string;
}

/** Columns of the history; `runs list` on the command line has the same, which a test holds. */
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
    text: ({ epoch, epochs }) => `${integer(epoch)} / ${integer(epochs)}`,
  },
  {
    key: 'parameters',
    name: 'Parameters',
    number: true,
    hint: 'Of the network; ~ expected by a search that has not ended',
    text: parametersText,
  },
  {
    key: 'searchValidation',
    name: 'Search validation',
    number: true,
    hint: 'Accuracy of the search itself on the half of the images that judges architectures, in the newest epoch that measured it. It is no figure of the network found.',
    text: ({ searchValidation }) => percent(searchValidation?.accuracy),
  },
  {
    key: 'testAccuracy',
    name: 'Test accuracy [95 %]',
    number: true,
    hint: 'Of a retraining on the test part: mean over its networks, with the interval for images and trainings. A search never sees the test part.',
    text: ({ test }) => shareText(test?.accuracy),
  },
  {
    key: 'testAuc',
    name: 'Test AUC [95 %]',
    number: true,
    hint: 'Of a retraining on the test part: mean over its networks, with the interval for images and trainings. A search never sees the test part.',
    text: ({ test }) => aucText(test?.auc),
  },
  { key: 'seconds', name: 'Took', number: true, text: ({ seconds }) => duration(seconds) },
  { key: 'createdAt', name: 'Started', text: ({ createdAt }) => dateTime(createdAt) },
];

export const kindText = (kind: RunSummary['kind']): string => (kind === 'search' ? 'Search' : 'Retraining');

export function parametersText({ parameters, expectedParameters }: RunSummary): string {
  if (parameters !== null || expectedParameters === null) return integer(parameters);
  return Number.isFinite(expectedParameters) ? `~${integer(expectedParameters)}` : NONE;
}

type Estimated = NonNullable<RunSummary['test']>['auc'];

/** "87.2 % [82.7, 91.0]": a share with its 95 % interval. */
export function shareText(estimated: Estimated | undefined): string {
  const ends = estimated?.interval?.map((end) => decimal(100 * end, 1)).join(', ');
  return `${percent(estimated?.value)}${ends === undefined ? '' : ` [${ends}]`}`;
}

/** "0.914 [0.870, 0.951]": an AUC with its 95 % interval. */
export function aucText(estimated: Estimated | undefined): string {
  const ends = estimated?.interval?.map((end) => decimal(end, 3)).join(', ');
  return `${decimal(estimated?.value, 3)}${ends === undefined ? '' : ` [${ends}]`}`;
}

/** "mean of 3 networks": what the test figures of a run are means of. */
export const meanText = ({ networks }: NonNullable<RunSummary['test']>): string =>
  networks === 1 ? 'one network' : `mean of ${integer(networks)} networks`;
