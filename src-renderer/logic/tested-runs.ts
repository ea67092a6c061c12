import type { RunDetails, RunSummary } from '../../src-main/ipc/contract.js';
import { bytes, plural } from './format.js';

export interface TestedRun {
  readonly run: number;
  readonly name: string;
  readonly parameters: number;
  readonly test: NonNullable<RunSummary['test']>;
}

/** Runs whose test results can be compared: they were measured on the same file, by its contents. */
export interface TestedOn {
  readonly sha256: string;
  /** Name of the dataset, and what tells it from others of that name. */
  readonly label: string;
  readonly runs: readonly TestedRun[];
}

/** The most results first. Runs without a test result, all searches among them, are in none. */
export function testedOn(runs: readonly RunDetails[]): TestedOn[] {
  const groups = new Map<string, RunDetails[]>();
  for (const run of runs) {
    const { test, parameters } = run.summary;
    if (!test || parameters === null || !Number.isFinite(test.accuracy.value)) continue;
    groups.set(run.dataset.sha256, [...(groups.get(run.dataset.sha256) ?? []), run]);
  }
  return [...groups.values()]
    .map((group) => ({ sha256: group[0]!.dataset.sha256, label: labelOf(group[0]!), runs: group.flatMap(testedRun) }))
    .sort((a, b) => b.runs.length - a.runs.length);
}

function testedRun({ summary: { run, name, parameters, test } }: RunDetails): TestedRun[] {
  return test && parameters !== null ? [{ run, name, parameters, test }] : [];
}

function labelOf({ dataset: { name, path, bytes: size, sha256 } }: RunDetails): string {
  const file = path.split(/[\\/]/).at(-1) ?? '';
  return `${name} (${file}, ${bytes(size)}, SHA-256 ${sha256.slice(0, 8)})`;
}

/** Why some of the compared runs are not in the picture; empty when all are. */
export function leftOut(runs: readonly RunDetails[], shown: TestedOn | null): string {
  const drawn = new Set(shown?.runs.map(({ run }) => run));
  const others = runs.filter(({ summary }) => !drawn.has(summary.run));
  const searches = others.filter(({ summary }) => summary.kind === 'search').length;
  const untested = others.filter(({ summary }) => summary.kind === 'retrain' && !summary.test).length;
  const elsewhere = others.length - searches - untested;
  return [
    searches > 0 ? `${plural(searches, 'search', 'searches')} (never tested)` : '',
    untested > 0 ? `${plural(untested, 'retraining')} without a result` : '',
    elsewhere > 0 ? `${plural(elsewhere, 'retraining')} on other data` : '',
  ]
    .filter(Boolean)
    .join(', ');
}
