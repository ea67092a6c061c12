import { appendEvents } from '../../attempts/run-log.js';
import type { WritableHistory } from '../../history/interface.js';
import { trySettleRunFolder } from '../../history/settle-run.js';
import type { RunState } from '../../vocabulary/run.js';

const GOES_ON: ReadonlySet<RunState> = new Set(['queued', 'running']);

/**
 * Takes into the history what the logs of a run that is computed on a cluster say, and no process of this computer runs.
 * @returns whether the run has ended by it
 * @throws UserError `attempt-unreadable`
 */
export function recordAttempts(history: WritableHistory, run: number): boolean {
  const taken = history.takeEvents(run);
  appendEvents(history.runFolder(run), taken);
  const { state, seconds } = history.getRun(run).summary;
  if (!GOES_ON.has(state)) {
    trySettleRunFolder(history, run);
    return true;
  }
  const progress = taken.map(({ event }) => event).findLast((event) => event.type === 'progress');
  if (progress) history.heartbeat(run, seconds, progress.secondsLeft);
  return false;
}
