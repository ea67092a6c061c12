import type { EpochRecord, JobEvent } from '../vocabulary/events.js';
import type { JobResult } from '../vocabulary/results.js';
import type { RunState } from '../vocabulary/run.js';
import type { Trace } from '../vocabulary/trace.js';
import type { WritableDatabase } from './database.js';
import type { EpochContext } from './interface.js';
import { deleteResultArchitecture, insertArchitecture } from './tables/architectures.js';
import { hasEpoch, insertEpoch } from './tables/epochs.js';
import { insertModel } from './tables/models.js';
import * as runs from './tables/runs.js';
import { insertTrace } from './tables/traces.js';
import { fromJson } from './values.js';

export interface RecordContext {
  /** Whether the process that says the event has come to computing. */
  readonly started: boolean;
  /** Running time of the run so far, over all attempts. */
  readonly seconds: number;
  readonly secondsLeft: number | null;
  /** When it was said, ISO 8601. */
  readonly now: string;
}

const NEVER_AGAIN: ReadonlySet<RunState> = new Set(['finished', 'cancelled']);

/** Whether nothing that a process still says changes the run. */
export function isOver(database: WritableDatabase, run: number): boolean {
  return NEVER_AGAIN.has(runs.selectState(database, run).state);
}

/**
 * Writes down what a process that computes says of a run that is not over: the one place that knows what an event means to the
 * history.
 * @returns whether it is news: an epoch that the history has is said again by a process that finds it in a checkpoint
 */
export function recordEvent(database: WritableDatabase, run: number, event: JobEvent, context: RecordContext): boolean {
  const { seconds, secondsLeft, now } = context;
  const move = (state: RunState, why: { reason?: string; error?: runs.StateChange['error'] } = {}): void => {
    runs.updateHeartbeat(database, run, { seconds, secondsLeft: null, now });
    runs.updateState(database, run, { state, reason: null, error: null, owner: null, ...why, now });
  };
  switch (event.type) {
    case 'started':
      // Of a process that nobody waits for any more.
      if (runs.selectState(database, run).state !== 'running') move('running');
      if (event.trace) runs.updateText(database, run, 'trace', fromJson(event.trace));
      break;
    case 'backend':
      runs.updateConfig(database, run, { decidedBackend: event.backend });
      break;
    case 'epoch': {
      const { record, trace, checkpoint } = event;
      if (!context.started && hasEpoch(database, run, record)) return false;
      writeEpoch(database, run, { record, trace }, { checkpoint, seconds, secondsLeft, now });
      break;
    }
    case 'finished':
      writeResult(database, run, event.result, seconds, now);
      move('finished');
      break;
    case 'paused':
      move('paused', { reason: event.reason });
      break;
    case 'cancelled':
      move('cancelled');
      break;
    case 'failed':
      if (refusesResume(database, run, event, context.started)) move('paused', { reason: event.error.message });
      else move('failed', { error: event.error });
      break;
    case 'progress':
    case 'race':
    case 'log':
  }
  return true;
}

export function writeEpoch(
  database: WritableDatabase,
  run: number,
  { record, trace }: { readonly record: EpochRecord; readonly trace: Trace | null },
  context: EpochContext & { readonly now: string },
): void {
  const epoch = insertEpoch(database, run, record);
  if (trace) insertTrace(database, run, trace);
  runs.updateProgress(database, run, {
    epoch,
    expectedParameters: trace?.values['expectedParameters'] ?? null,
    ...context,
  });
}

/** The result with its architecture or models. */
export function writeResult(
  database: WritableDatabase,
  run: number,
  result: JobResult,
  seconds: number,
  now: string,
): void {
  runs.updateResult(database, run, result, seconds);
  deleteResultArchitecture(database, run);
  if (result.kind === 'retrain') {
    for (const model of result.models) insertModel(database, run, model, now);
    return;
  }
  const { genotype, parameters, multiplyAccumulates } = result;
  const found = { genotype, parameters, multiplyAccumulates, logProbability: null, seed: null };
  insertArchitecture(database, run, { source: 'result', ...found }, now);
}

/** A resume that did not get as far as computing, because of its files, leaves the run as resumable as it was. */
function refusesResume(
  database: WritableDatabase,
  run: number,
  { error }: Extract<JobEvent, { type: 'failed' }>,
  started: boolean,
): boolean {
  const files = error.kind.startsWith('dataset-') || error.kind.startsWith('checkpoint-');
  return !started && files && (runs.selectRuns(database, { runs: [run] })[0]?.epoch ?? 0) > 0;
}
