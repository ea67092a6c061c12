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
export function recordAttempts(history: WritableHistory, run: number, secondsLeft: number | null = null): boolean {
  const taken = history.takeEvents(run, secondsLeft);
  appendEvents(history.runFolder(run), taken);
  if (GOES_ON.has(history.getRun(run).summary.state)) return false;
  trySettleRunFolder(history, run);
  return true;
}
