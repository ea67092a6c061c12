import { attemptsOf } from '../attempts/attempt-files.js';
import { appendMissingEvents } from '../attempts/run-log.js';
import { isAlive } from '../process-identity.js';
import type { JobConfig } from '../vocabulary/run-config.js';
import type { RunSummary } from '../vocabulary/run.js';
import { asReadable, inTransaction } from './database.js';
import type { Connection, WritableDatabase } from './database.js';
import { newestCheckpointEpoch, readConfigManifest, readResultManifest, runFolder, runFolders } from './files.js';
import { formerDescription } from './former-traces.js';
import type { ConfigManifest, ResultManifest } from './files.js';
import { isOver, writeEpoch, writeResult } from './record-event.js';
import { replaceReached, selectReached, selectSeconds } from './tables/attempts.js';
import * as runs from './tables/runs.js';
import { restoreTask } from './tables/studies.js';
import { replaceTags } from './tables/tags.js';
import { saysMore, takeEvents } from './take-events.js';
import { fromJson } from './values.js';

const RESUMABLE = ['queued', 'running', 'paused', 'interrupted', 'failed'] as const;

/** What sums of seconds may differ by. */
const LEAST_SECONDS = 1e-3;

export interface Rebuilt {
  /** Runs that were added, with everything that their logs and their `result.json` hold. */
  readonly whole: readonly number[];
  /** Runs whose logs said more than their rows knew. */
  readonly caughtUp: readonly number[];
  /** Runs that have neither: added as interrupted, their curves up to now are lost. */
  readonly withoutEpochs: readonly number[];
  /** Folders without a readable `config.json`. */
  readonly unreadable: readonly number[];
  /** Runs that can go on from a later epoch than their row knows: the curves in between are lost. */
  readonly gaps: readonly Gap[];
}

/** Epochs from `first` to `last` of a run have no record. */
export interface Gap {
  readonly run: number;
  readonly first: number;
  readonly last: number;
}

/**
 * Takes what the logs of runs say and their rows do not know (a backup is older), adds the runs that have a folder and no row, or
 * a row from before the end that the folder tells of, and finds those whose rows lack epochs.
 */
export function addMissingRuns(connection: Connection, home: string): Rebuilt {
  const reader = asReadable(connection);
  const rebuilt = { whole: [] as number[], caughtUp: [] as number[], ...{ withoutEpochs: [] as number[], unreadable: [] as number[] } }; // prettier-ignore
  const isMissing = (run: number): boolean => {
    const [row] = runs.selectRuns(reader, { runs: [run] });
    if (!row) return true;
    const { state, epoch } = row;
    if (state === 'finished' || state === 'cancelled') return false;
    if (runs.selectState(reader, run).processes.some(isAlive)) return false;
    const end = readResultManifest(home, run);
    // Of an end before the newest attempt, its log says more.
    if (end === null || end.attempt < selectReached(reader, run).attempt) return false;
    // A failure can be followed by another try: only a later end is news to a row that knows of it.
    if (state === 'failed') return end.state !== 'failed' || end.epochs.length > epoch;
    return state !== 'queued' || end.state !== 'failed';
  };
  const hasNews = ({ run }: { readonly run: number }): boolean =>
    !runs.selectState(reader, run).processes.some(isAlive) &&
    saysMore(runFolder(home, run), selectReached(reader, run));
  const resumable = (): RunSummary[] => runs.selectRuns(reader, { states: RESUMABLE });
  if (!runFolders(home).some(isMissing) && !resumable().some(hasNews)) {
    return { ...rebuilt, gaps: findGaps(connection, home) };
  }
  // Under the write lock, so that a run that another process is just creating has its row when it is looked for.
  inTransaction(connection, (database) => {
    for (const { run } of resumable().filter(hasNews)) {
      const { taken } = takeEvents(database, runFolder(home, run), run);
      if (taken.length === 0) continue;
      rebuilt.caughtUp.push(run);
      appendMissingEvents(runFolder(home, run), taken);
    }
    for (const run of runFolders(home).filter(isMissing)) {
      const config = readConfigManifest(home, run);
      if (!config) {
        rebuilt.unreadable.push(run);
        continue;
      }
      const result = readResultManifest(home, run);
      runs.deleteRunRow(database, run);
      addRun(database, home, config, result);
      const isWhole = result !== null || attemptsOf(runFolder(home, run)).length > 0;
      (isWhole ? rebuilt.whole : rebuilt.withoutEpochs).push(run);
    }
  });
  return { ...rebuilt, gaps: findGaps(connection, home) };
}

/** A resume says the epoch of its checkpoint again; those before it come back from nowhere. */
function findGaps(connection: Connection, home: string): Gap[] {
  const resumable = runs.selectRuns(asReadable(connection), { states: RESUMABLE });
  return resumable.flatMap(({ run, epoch }) => {
    const last = newestCheckpointEpoch(home, run) - 1;
    return last > epoch ? [{ run, first: epoch + 1, last }] : [];
  });
}

function addRun(database: WritableDatabase, home: string, manifest: ConfigManifest, end: ResultManifest | null): void {
  const { run, config, createdAt, synthetic, task } = manifest;
  runs.insertRun(database, {
    run,
    name: end?.name ?? manifest.name,
    synthetic,
    createdAt,
    queuePosition: null,
    secondsLeft: null,
    config,
  });
  if (task) restoreTask(database, task, run, createdAt);
  // Epochs from before there were logs; those of the logs take the place of the others.
  if (end) addCurves(database, config, end);
  const { problem } = takeEvents(database, runFolder(home, run), run);
  if (end && end.attempt >= selectReached(database, run).attempt) {
    addEnd(database, end);
    return;
  }
  const { state } = runs.selectState(database, run);
  if (state !== 'queued' && state !== 'running') return;
  const reason = problem?.message ?? 'Restored from its folder; resume to continue from its last checkpoint.';
  runs.updateState(database, run, { state: 'interrupted', reason, error: null, owner: null, now: createdAt });
}

function addCurves(database: WritableDatabase, config: JobConfig, end: ResultManifest): void {
  const { run } = end;
  const now = end.finishedAt ?? new Date().toISOString();
  const traces = new Map(end.traces.map((trace) => [trace.epoch, trace]));
  const seconds = end.attempt === 0 ? end.seconds : 0;
  for (const record of end.epochs) {
    const trace = traces.get(record.epoch) ?? null;
    writeEpoch(database, run, { record, trace }, { checkpoint: '', seconds, secondsLeft: null, now });
  }
  const described = end.trace ?? (config.kind === 'search' ? formerDescription(config.space.cells) : null);
  if (described) runs.updateText(database, run, 'trace', fromJson(described));
  if (seconds > 0) replaceReached(database, run, { attempt: 0, offset: 0, started: false }, seconds);
}

/** How it ended, and what was said of it until then. */
function addEnd(database: WritableDatabase, end: ResultManifest): void {
  const { run, state, seconds } = end;
  const now = end.finishedAt ?? new Date().toISOString();
  if (end.result && !isOver(database, run)) writeResult(database, run, end.result, seconds, now);
  replaceTags(database, run, end.tags);
  runs.updateText(database, run, 'note', end.note);
  const before = seconds - (selectSeconds(database, run) ?? 0);
  if (before > LEAST_SECONDS) replaceReached(database, run, { attempt: 0, offset: 0, started: false }, before);
  runs.updateHeartbeat(database, run, { seconds, secondsLeft: null, now });
  runs.updateState(database, run, { state, reason: null, error: end.error, owner: null, now });
}
