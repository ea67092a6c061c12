import type { RunSummary } from '../../src-main/ipc/contract.js';
import * as figures from '../../src-main/display/figure-text.js';
import * as columns from '../../src-main/display/run-columns.js';
import type { Notation } from '../../src-main/display/notation.js';
import { dateTime, decimal, duration, integer, percent } from './format.js';
import type { TableColumn } from './table-columns.js';

export { NOT_DEFINED } from '../../src-main/display/figure-text.js';
export { kindText } from '../../src-main/display/run-columns.js';

/** How the window writes what tables hold: with the signs that the user prefers. */
export const WINDOW: Notation = { integer, decimal, percent, duration, date: dateTime };

type Key = columns.RunColumnKey;

export interface RunColumn extends TableColumn<Key> {
  readonly text: (run: RunSummary) => string;
}

const OF_TEST =
  'Result of a retraining on the test set: mean over its networks, with an interval that accounts for images and seeds. A search never sees the test set.';

/** How each column stands in the window. */
const LAYOUT: { readonly [K in Key]: Omit<TableColumn, 'key' | 'name' | 'number'> } = {
  run: { kept: true, width: 60, rank: 0 },
  name: { kept: true, grows: true, width: 190, rank: 0 },
  kind: { kept: true, width: 92, rank: 0 },
  dataset: { width: 134, rank: 5 },
  state: { width: 108, rank: 1 },
  epoch: { width: 96, rank: 10 },
  parameters: {
    width: 106,
    rank: 2,
    term: 'parameters',
    hint: 'Parameters of the network; ~ marks the expected number of a search that has not ended',
  },
  searchValidation: {
    width: 106,
    rank: 8,
    term: 'supernet',
    hint: 'Accuracy of the search itself on the half of the images used to judge architectures, in the latest epoch that measured it. It does not describe the network found.',
  },
  testBalancedAccuracy: {
    width: 168,
    rank: 3,
    term: 'balanced-accuracy',
    hint: `Mean of the sensitivities of all classes. ${OF_TEST}`,
  },
  testSensitivity: {
    width: 168,
    rank: 6,
    term: 'sensitivity',
    hint: `Share of the images with the finding that are detected, if the dataset has a finding. ${OF_TEST}`,
  },
  testSpecificity: {
    width: 168,
    rank: 7,
    term: 'sensitivity',
    hint: `Share of the images without the finding that are recognised as such, if the dataset has a finding. ${OF_TEST}`,
  },
  testAuc: { width: 156, rank: 4, term: 'auc', hint: OF_TEST },
  testAccuracy: { width: 168, rank: 9, term: 'accuracy', hint: OF_TEST },
  seconds: { width: 96, rank: 12 },
  createdAt: { width: 142, rank: 11 },
};

/** Columns of the history; `runs list` on the command line has the same. */
export const RUN_COLUMNS: readonly RunColumn[] = columns.RUN_COLUMNS.map((column) => ({
  ...column,
  ...LAYOUT[column.key],
  text: (run) => column.text(run, WINDOW),
}));

export const parametersText = (run: RunSummary): string => columns.parametersText(run, WINDOW);

type Estimated = NonNullable<RunSummary['test']>['auc'];

/** "87.2 % [82.7, 91.0]": a share with its 95 % interval. */
export const shareText = (estimated: Estimated | undefined): string => figures.shareText(estimated, WINDOW);

/** "0.914 [0.870, 0.951]": an AUC with its 95 % interval. */
export const aucText = (estimated: Estimated | undefined): string => figures.aucText(estimated, WINDOW);

/** "mean of 3 networks": what the test figures of a run are means of. */
export const meanText = ({ networks }: NonNullable<RunSummary['test']>): string =>
  networks === 1 ? 'one network' : `mean of ${integer(networks)} networks`;
