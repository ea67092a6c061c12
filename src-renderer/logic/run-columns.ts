import type { RunSummary } from '../../src-main/ipc/contract.js';
import { dateTime, decimal, duration, integer, NONE, percent } from './format.js';
import type { SortColumn } from './run-table.js';
import type { TableColumn } from './table-columns.js';

export interface RunColumn extends TableColumn<SortColumn> {
  readonly text: (run: RunSummary) => string;
}

const OF_TEST =
  'Of a retraining on the test part: mean over its networks, with the interval for images and trainings. A search never sees the test part.';

/** Columns of the history; `runs list` on the command line has the same, which a test holds. */
export const RUN_COLUMNS: readonly RunColumn[] = [
  { key: 'run', kept: true, width: 60, rank: 0, name: '#', number: true, text: ({ run }) => String(run) },
  { key: 'name', kept: true, grows: true, width: 190, rank: 0, name: 'Name', text: ({ name }) => name },
  { key: 'kind', kept: true, width: 92, rank: 0, name: 'Kind', text: ({ kind }) => kindText(kind) },
  { key: 'dataset', width: 134, rank: 5, name: 'Dataset', text: ({ dataset }) => dataset },
  { key: 'state', width: 108, rank: 1, name: 'State', text: ({ state }) => state },
  {
    key: 'epoch',
    width: 96,
    rank: 10,
    name: 'Epoch',
    number: true,
    text: ({ epoch, epochs }) => `${integer(epoch)} / ${integer(epochs)}`,
  },
  {
    key: 'parameters',
    width: 106,
    rank: 2,
    name: 'Parameters',
    number: true,
    term: 'parameters',
    hint: 'Of the network; ~ expected by a search that has not ended',
    text: parametersText,
  },
  {
    key: 'searchValidation',
    width: 106,
    rank: 8,
    name: 'Search validation',
    number: true,
    term: 'supernet',
    hint: 'Accuracy of the search itself on the half of the images that judges architectures, in the newest epoch that measured it. It is no figure of the network found.',
    text: ({ searchValidation }) => percent(searchValidation?.accuracy),
  },
  {
    key: 'testBalancedAccuracy',
    width: 168,
    rank: 3,
    name: 'Test balanced accuracy [95 %]',
    number: true,
    term: 'balanced-accuracy',
    hint: `Mean share of right answers over the classes. ${OF_TEST}`,
    text: ({ test }) => shareText(test?.balancedAccuracy),
  },
  {
    key: 'testSensitivity',
    width: 168,
    rank: 6,
    name: 'Test sensitivity [95 %]',
    number: true,
    term: 'sensitivity',
    hint: `Share of the finding that is found, where the dataset has one. ${OF_TEST}`,
    text: ({ test }) => shareText(test?.finding?.sensitivity),
  },
  {
    key: 'testSpecificity',
    width: 168,
    rank: 7,
    name: 'Test specificity [95 %]',
    number: true,
    term: 'sensitivity',
    hint: `Share of the others that is not taken for the finding, where the dataset has one. ${OF_TEST}`,
    text: ({ test }) => shareText(test?.finding?.specificity),
  },
  {
    key: 'testAuc',
    width: 156,
    rank: 4,
    name: 'Test AUC [95 %]',
    number: true,
    term: 'auc',
    hint: OF_TEST,
    text: ({ test }) => aucText(test?.auc),
  },
  {
    key: 'testAccuracy',
    width: 168,
    rank: 9,
    name: 'Test accuracy [95 %]',
    number: true,
    term: 'accuracy',
    hint: OF_TEST,
    text: ({ test }) => shareText(test?.accuracy),
  },
  { key: 'seconds', width: 96, rank: 12, name: 'Took', number: true, text: ({ seconds }) => duration(seconds) },
  { key: 'createdAt', width: 142, rank: 11, name: 'Started', text: ({ createdAt }) => dateTime(createdAt) },
];

export const kindText = (kind: RunSummary['kind']): string => (kind === 'search' ? 'Search' : 'Retraining');

export function parametersText({ parameters, expectedParameters }: RunSummary): string {
  if (parameters !== null || expectedParameters === null) return integer(parameters);
  return Number.isFinite(expectedParameters) ? `~${integer(expectedParameters)}` : NONE;
}

type Estimated = NonNullable<RunSummary['test']>['auc'];

/** What a figure is called that has no images to be measured on. */
export const NOT_DEFINED = 'not defined';

/** "87.2 % [82.7, 91.0]": a share with its 95 % interval. */
export function shareText(estimated: Estimated | undefined): string {
  return withInterval(estimated, percent, (end) => decimal(100 * end, 1));
}

/** "0.914 [0.870, 0.951]": an AUC with its 95 % interval. */
export function aucText(estimated: Estimated | undefined): string {
  const text = (value: number): string => decimal(value, 3);
  return withInterval(estimated, text, text);
}

function withInterval(
  estimated: Estimated | undefined,
  text: (value: number) => string,
  end: (value: number) => string,
): string {
  if (!estimated) return NONE;
  const { value, interval } = estimated;
  if (!Number.isFinite(value)) return NOT_DEFINED;
  return interval === null ? text(value) : `${text(value)} [${interval.map(end).join(', ')}]`;
}

/** "mean of 3 networks": what the test figures of a run are means of. */
export const meanText = ({ networks }: NonNullable<RunSummary['test']>): string =>
  networks === 1 ? 'one network' : `mean of ${integer(networks)} networks`;
