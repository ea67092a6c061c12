import type { RunSummary } from '../vocabulary/run.js';
import { count, duration, percent, table } from './output.js';

interface RunColumn {
  readonly name: string;
  /** Numbers stand to the right. */
  readonly number?: boolean;
  readonly text: (run: RunSummary) => string;
}

const NONE = '—';

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
  { name: 'Test accuracy [95 %]', number: true, text: ({ test }) => testAccuracyText(test) },
  { name: 'Test AUC [95 %]', number: true, text: ({ test }) => testAucText(test) },
  { name: 'Took', number: true, text: ({ seconds }) => duration(seconds) },
  { name: 'Started', text: ({ createdAt }) => startedText(createdAt) },
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

/** "87.2 % [82.7, 91.0]". */
export function testAccuracyText(test: RunSummary['test']): string {
  if (test === null) return NONE;
  const { value, interval } = test.accuracy;
  return withEnds(
    shareOrNone(value),
    interval?.map((end) => (100 * end).toFixed(1)),
  );
}

/** "0.914 [0.870, 0.951]". */
export function testAucText(test: RunSummary['test']): string {
  if (test === null) return NONE;
  const { value, interval } = test.auc;
  return withEnds(
    Number.isFinite(value) ? value.toFixed(3) : NONE,
    interval?.map((end) => end.toFixed(3)),
  );
}

/** What a search says of itself, in words. */
export function searchValidationLine({ accuracy, auc }: NonNullable<RunSummary['searchValidation']>): string {
  const ofAuc = auc === null || Number.isNaN(auc) ? '' : `, AUC ${auc.toFixed(3)}`;
  return `search validation: accuracy ${shareOrNone(accuracy)}${ofAuc}, of the search itself on its architecture half`;
}

/** What a retraining reaches on the test part, in words. */
export function testLine(test: NonNullable<RunSummary['test']>): string {
  const of = test.networks === 1 ? '1 network' : `mean of ${test.networks} networks`;
  return `test part, ${of} [95 %]: accuracy ${testAccuracyText(test)}, AUC ${testAucText(test)}`;
}

const withEnds = (text: string, ends: readonly string[] | undefined): string =>
  ends === undefined ? text : `${text} [${ends.join(', ')}]`;

const shareOrNone = (share: number): string => (Number.isFinite(share) ? percent(share) : NONE);

const two = (value: number): string => String(value).padStart(2, '0');

/** "2026-11-01 14:32" in the machine's own zone, as in the window. */
function startedText(iso: string): string {
  const time = new Date(iso);
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
