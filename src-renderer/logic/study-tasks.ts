import type { StudyEntry, StudyState, StudyTaskRow } from '../../src-main/ipc/contract.js';
import { compact, integer, plural } from './format.js';
import type { TableColumn } from './table-columns.js';

export type TaskColumnKey =
  | 'task'
  | 'kind'
  | 'dataset'
  | 'method'
  | 'budget'
  | 'seed'
  | 'training'
  | 'standing'
  | 'progress'
  | 'seconds'
  | 'reason';

export type TaskColumn = TableColumn<TaskColumnKey>;

const COLUMNS: readonly TaskColumn[] = [
  { key: 'task', name: 'Task', number: true, width: 54, rank: 0, kept: true },
  { key: 'kind', name: 'Kind', width: 88, rank: 4 },
  { key: 'method', name: 'Method', width: 104, rank: 1, grows: true },
  { key: 'budget', name: 'Budget', width: 116, rank: 5 },
  { key: 'dataset', name: 'Dataset', width: 104, rank: 6 },
  { key: 'seed', name: 'Seed', number: true, width: 52, rank: 2, hint: 'Seed of the search' },
  { key: 'training', name: 'Training', number: true, width: 68, rank: 7, hint: 'Seed of the retraining' },
  { key: 'standing', name: 'State', width: 92, rank: 1 },
  { key: 'progress', name: 'Progress', width: 134, rank: 3 },
  { key: 'seconds', name: 'Time', number: true, width: 92, rank: 8, hint: 'Running time over all resumes' },
  { key: 'reason', name: 'Why', width: 180, rank: 9, grows: true },
];

/** Why a task is missing comes before how far it came. */
export const taskColumns = (filter: TaskFilter): readonly TaskColumn[] =>
  filter === 'missing'
    ? COLUMNS.map((column) => ({
        ...column,
        grows: column.key === 'reason',
        rank: { reason: 2, progress: 9, seconds: 10 }[column.key as string] ?? column.rank,
      }))
    : COLUMNS;

export interface TaskOrder {
  readonly column: TaskColumnKey;
  readonly descending: boolean;
}

/** What is wrong comes first. */
const STANDINGS = [
  'given-up',
  'blocked',
  'cancelled',
  'interrupted',
  'paused',
  'running',
  'queued',
  'waiting',
  'finished',
];

const shareOf = ({ standing, epoch, epochs }: StudyTaskRow): number =>
  standing === 'finished' ? 1 : epochs === 0 ? -1 : Math.min(0.99, epoch / epochs);

const VALUES: { readonly [key in TaskColumnKey]: (row: StudyTaskRow) => number | string } = {
  task: ({ task }) => task,
  kind: ({ trainingSeed }) => (trainingSeed === null ? 0 : 1),
  dataset: ({ dataset }) => dataset,
  method: ({ method }) => method,
  budget: ({ budget }) => Number(budget.split('..')[1] ?? 0) || Infinity,
  seed: ({ seed }) => seed,
  training: ({ trainingSeed }) => trainingSeed ?? -1,
  standing: ({ standing }) => STANDINGS.indexOf(standing),
  progress: shareOf,
  seconds: ({ seconds }) => seconds,
  reason: ({ reason }) => reason ?? '',
};

/** Ties keep the order of the plan. */
export function sortTasks(rows: readonly StudyTaskRow[], { column, descending }: TaskOrder): StudyTaskRow[] {
  const of = VALUES[column];
  return [...rows].sort((a, b) => {
    const [x, y] = [of(a), of(b)];
    const order = typeof x === 'string' ? x.localeCompare(String(y), 'en') : x - Number(y);
    return (descending ? -order : order) || a.task - b.task;
  });
}

export type TaskFilter = 'all' | 'going' | 'waiting' | 'finished' | 'missing';

export function filterTasks(rows: readonly StudyTaskRow[], filter: TaskFilter): readonly StudyTaskRow[] {
  const shown: { readonly [filter in Exclude<TaskFilter, 'all'>]: readonly StudyTaskRow['standing'][] } = {
    going: ['running', 'paused', 'interrupted'],
    waiting: ['waiting', 'queued'],
    finished: ['finished'],
    missing: ['given-up', 'blocked', 'cancelled'],
  };
  return filter === 'all' ? rows : rows.filter(({ standing }) => shown[filter].includes(standing));
}

/** `72 k – 222 k`; open ends as words. */
export function budgetWords(budget: string): string {
  const [lower = '', upper = ''] = budget.split('..');
  const [low, high] = [lower, upper].map((end) => (end === '' ? null : compact(Number(end))));
  if (low === null && high === null) return 'any size';
  return low === null ? `up to ${high}` : high === null ? `from ${low}` : `${low} – ${high}`;
}

const WORDS: { readonly [state in StudyState]: string } = {
  new: 'Not started',
  running: 'Running',
  waiting: 'Waits its turn',
  elsewhere: 'Running in another process',
  abandoned: 'Interrupted',
  stopped: 'Paused',
  ended: 'Ended, tasks missing',
  finished: 'Finished',
};
export const stateWords = (state: StudyState): string => WORDS[state];

/** What the numbers of a study say, in one line. */
export function countWords({ counts }: Pick<StudyEntry, 'counts'>): string {
  const { tasks, finished, running, lost } = counts;
  return [
    `${integer(finished)} of ${plural(tasks, 'task')} finished`,
    ...(running > 0 ? [`${integer(running)} running`] : []),
    ...(lost > 0 ? [`${integer(lost)} missing`] : []),
  ].join(', ');
}
