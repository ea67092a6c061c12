import type { RunState, RunSummary } from '../../src-main/ipc/contract.js';
import type { RunColumnKey } from '../../src-main/display/run-columns.js';

export type SortColumn = RunColumnKey;

export interface SortOrder {
  readonly column: SortColumn;
  readonly descending: boolean;
}

export type StateFilter = 'all' | 'active' | RunState;

export interface RunFilter {
  /** Words that must all occur in name, dataset, tags, note, kind or #number. */
  readonly text: string;
  readonly state: StateFilter;
}

const ACTIVE: readonly RunState[] = ['queued', 'running', 'paused'];
export const isActive = (state: RunState): boolean => ACTIVE.includes(state);

const haystack = (run: RunSummary): string =>
  `#${run.run} ${run.name} ${run.dataset} ${run.kind} ${run.tags.join(' ')} ${run.note}`.toLowerCase();

/** Texts are built once per summary: typing in the filter stays fluent with thousands of runs. */
const texts = new WeakMap<RunSummary, string>();
function searchText(run: RunSummary): string {
  let text = texts.get(run);
  if (text === undefined) texts.set(run, (text = haystack(run)));
  return text;
}

export function filterRuns(runs: readonly RunSummary[], filter: RunFilter): RunSummary[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return runs.filter(
    (run) =>
      (filter.state === 'all' || (filter.state === 'active' ? isActive(run.state) : run.state === filter.state)) &&
      words.every((word) => searchText(run).includes(word)),
  );
}

/** States from most to least pressing. */
const STATE_ORDER: readonly RunState[] = [
  'running',
  'paused',
  'queued',
  'interrupted',
  'failed',
  'cancelled',
  'finished',
];

function key(run: RunSummary, column: SortColumn): number | string | null {
  switch (column) {
    case 'state':
      return STATE_ORDER.indexOf(run.state);
    case 'name':
    case 'dataset':
      return run[column].toLowerCase();
    case 'parameters':
      return run.parameters ?? run.expectedParameters;
    case 'searchValidation':
      return run.searchValidation?.accuracy ?? null;
    case 'testBalancedAccuracy':
      return run.test?.balancedAccuracy.value ?? null;
    case 'testSensitivity':
      return run.test?.finding?.sensitivity.value ?? null;
    case 'testSpecificity':
      return run.test?.finding?.specificity.value ?? null;
    case 'testAccuracy':
      return run.test?.accuracy.value ?? null;
    case 'testAuc':
      return run.test?.auc.value ?? null;
    case 'run':
    case 'kind':
    case 'epoch':
    case 'seconds':
    case 'createdAt':
      return run[column];
  }
}

/** A number that is none is unknown. */
const sortable = (value: number | string | null): number | string | null => (Number.isNaN(value) ? null : value);

/** Stable; unknown values last in either direction; ties by run number, newest first. */
export function sortRuns(runs: readonly RunSummary[], order: SortOrder): RunSummary[] {
  const sign = order.descending ? -1 : 1;
  return runs
    .map((run) => ({ run, key: sortable(key(run, order.column)) }))
    .sort((a, b) => {
      if (a.key === null || b.key === null) return a.key === b.key ? b.run.run - a.run.run : a.key === null ? 1 : -1;
      if (a.key !== b.key) return (a.key < b.key ? -1 : 1) * sign;
      return b.run.run - a.run.run;
    })
    .map(({ run }) => run);
}

/** Numbers and dates are first sorted largest first, texts A to Z. */
export function nextOrder(order: SortOrder, column: SortColumn): SortOrder {
  if (order.column === column) return { column, descending: !order.descending };
  return { column, descending: !['name', 'state', 'kind', 'dataset'].includes(column) };
}

/** Newest summaries merged into a list by run number. */
export function mergeRuns(runs: readonly RunSummary[], changed: readonly RunSummary[]): RunSummary[] {
  const news = new Map(changed.map((run) => [run.run, run]));
  const merged = runs.map((run) => {
    const next = news.get(run.run);
    news.delete(run.run);
    return next ?? run;
  });
  return merged.concat([...news.values()]);
}
