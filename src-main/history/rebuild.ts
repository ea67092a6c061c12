import { isAlive } from '../process-identity.js';
import { asReadable, inTransaction } from './database.js';
import type { Connection, WritableDatabase } from './database.js';
import { newestCheckpointEpoch, readConfigManifest, readResultManifest, runFolders } from './files.js';
import { formerDescription } from './former-traces.js';
import type { ConfigManifest, ResultManifest } from './files.js';
import { insertArchitecture } from './tables/architectures.js';
import { insertEpoch } from './tables/epochs.js';
import { insertModel } from './tables/models.js';
import * as runs from './tables/runs.js';
import { replaceTags } from './tables/tags.js';
import { insertTrace } from './tables/traces.js';
import { fromJson } from './values.js';

const RESUMABLE = ['queued', 'running', 'paused', 'interrupted', 'failed'] as const;

export interface Rebuilt {
  /** Runs that were added, with everything that their `result.json` holds. */
  readonly whole: readonly number[];
  /** Runs that have no `result.json`: added as interrupted, their curves up to now are lost. */
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
 * Adds the runs that have a folder and no row, or a row from before the end that the folder tells of (from a backup, say),
 * and finds those whose rows lack epochs.
 */
export function addMissingRuns(connection: Connection, home: string): Rebuilt {
  const rebuilt = { whole: [] as number[], withoutEpochs: [] as number[], unreadable: [] as number[] };
  const isMissing = (run: number): boolean => {
    const [row] = runs.selectRuns(asReadable(connection), { runs: [run] });
    if (!row) return true;
    const { state, epoch } = row;
    if (state === 'finished' || state === 'cancelled') return false;
    if (runs.selectState(asReadable(connection), run).processes.some(isAlive)) return false;
    const end = readResultManifest(home, run);
    if (end === null) return false;
    // A failure can be followed by another try: only a later end is news to a row that knows of it.
    if (state === 'failed') return end.state !== 'failed' || end.epochs.length > epoch;
    return state !== 'queued' || end.state !== 'failed';
  };
  if (!runFolders(home).some(isMissing)) return { ...rebuilt, gaps: findGaps(connection, home) };
  // Under the write lock, so that a run that another process is just creating has its row when it is looked for.
  inTransaction(connection, (database) => {
    for (const run of runFolders(home).filter(isMissing)) {
      const config = readConfigManifest(home, run);
      if (!config) {
        rebuilt.unreadable.push(run);
        continue;
      }
      const result = readResultManifest(home, run);
      runs.deleteRunRow(database, run);
      addRun(database, config, result);
      (result ? rebuilt.whole : rebuilt.withoutEpochs).push(run);
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

function addRun(database: WritableDatabase, manifest: ConfigManifest, end: ResultManifest | null): void {
  const { run, config, createdAt, synthetic } = manifest;
  runs.insertRun(database, {
    run,
    name: end?.name ?? manifest.name,
    synthetic,
    createdAt,
    queuePosition: null,
    secondsLeft: null,
    config,
  });
  const base = { owner: null, now: end?.finishedAt ?? createdAt };
  if (!end) {
    const reason = 'Restored from its folder; resume to continue from its last checkpoint.';
    runs.updateState(database, run, { ...base, state: 'interrupted', reason, error: null });
    return;
  }
  const traces = new Map(end.traces.map((trace) => [trace.epoch, trace]));
  for (const record of end.epochs) {
    const position = insertEpoch(database, run, record);
    runs.updateProgress(database, run, {
      epoch: position,
      expectedParameters: traces.get(record.epoch)?.values['expectedParameters'] ?? null,
      checkpoint: '',
      seconds: end.seconds,
      secondsLeft: null,
      now: base.now,
    });
  }
  for (const trace of end.traces) insertTrace(database, run, trace);
  const described = end.trace ?? (config.kind === 'search' ? formerDescription(config.space.cells) : null);
  if (described) runs.updateText(database, run, 'trace', fromJson(described));
  if (end.result) runs.updateResult(database, run, end.result, end.seconds);
  if (end.result?.kind === 'retrain') {
    for (const model of end.result.models) insertModel(database, run, model, base.now);
  } else if (end.result) {
    const { genotype, parameters, multiplyAccumulates } = end.result;
    const found = { genotype, parameters, multiplyAccumulates, logProbability: null, seed: null };
    insertArchitecture(database, run, { source: 'result', ...found }, base.now);
  }
  replaceTags(database, run, end.tags);
  runs.updateText(database, run, 'note', end.note);
  runs.updateState(database, run, { ...base, state: end.state, reason: null, error: end.error });
}
