import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { attemptsOf } from '../attempts/attempt-files.js';
import { appendLog } from '../attempts/run-log.js';
import { UserError } from '../errors.js';
import { CHECKPOINTS_FOLDER } from '../run-folder.js';
import type { RunState } from '../vocabulary/run.js';
import { writeResultManifest } from './files.js';
import type { ControlRequest, ReadableHistory, WritableHistory } from './interface.js';

const ENDED: ReadonlySet<RunState> = new Set(['finished', 'failed', 'cancelled']);

/**
 * Brings the folder of an ended run to its last form: `result.json`, from which the history could be built again, and no
 * checkpoints when it cannot be resumed. Does nothing for other runs.
 */
export function settleRunFolder(history: ReadableHistory, run: number): void {
  const { summary, result, error, folder, trace } = history.getRun(run);
  const { name, note, tags, state, finishedAt, seconds } = summary;
  if (!ENDED.has(state)) return;
  writeResultManifest(history.home, {
    ...{ run, name, note, tags, state, finishedAt, seconds, error, result },
    epochs: history.epochs(run),
    traces: history.traces(run),
    trace,
    attempt: attemptsOf(folder).at(-1) ?? 0,
  });
  if (state !== 'failed') rmSync(join(folder, CHECKPOINTS_FOLDER), { recursive: true, force: true });
}

/** As {@link settleRunFolder}; where it fails, the next start after an unclean end tries again. */
export function trySettleRunFolder(history: ReadableHistory, run: number): void {
  try {
    settleRunFolder(history, run);
  } catch (error) {
    const text = `result.json: ${error instanceof Error ? error.message : String(error)}`;
    appendLog(history.runFolder(run), 'warning', text);
  }
}

/**
 * Asks for a pause or a cancellation from outside the run's process; a run that nobody runs is dealt with at once.
 * @returns whether it is done, or the process of the run was asked
 * @throws UserError `run-unknown`, `run-state`, `run-ended`
 */
export function requestRunControl(
  history: WritableHistory,
  run: number,
  request: ControlRequest,
): 'requested' | 'done' {
  const answer = history.requestControl(run, request);
  if (answer === 'done') settleRunFolder(history, run);
  return answer;
}

/** After a process was killed: settles the folders that it left between the last state and the last file. */
export function settleRunFolders(history: ReadableHistory): void {
  for (const { run, state } of history.listRuns({ states: [...ENDED] })) {
    const folder = history.runFolder(run);
    const settled =
      existsSync(join(folder, 'result.json')) && (state === 'failed' || !existsSync(join(folder, CHECKPOINTS_FOLDER)));
    // Without its folder there is nothing to settle.
    if (settled || !existsSync(folder)) continue;
    try {
      settleRunFolder(history, run);
    } catch (error) {
      // One run that cannot be read is no reason not to open the others; who asks for it is told.
      if (!(error instanceof UserError) || error.kind !== 'history-unreadable') throw error;
    }
  }
}
