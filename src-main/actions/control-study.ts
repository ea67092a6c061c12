import { UserError } from '../errors.js';
import type { ReadableHistory, StoredStudyTask, WritableHistory } from '../history/interface.js';
import { requestRunControl } from '../history/settle-run.js';

export interface ChangedTasks {
  /** Tasks that changed, or were asked to. */
  readonly changed: number;
  /** Those whose process is still ending: try again. */
  readonly ending: number;
}

/**
 * Cancels every task of a study that has not ended; those that run stop within a step. A process that goes on with the study sees it.
 * @throws UserError `study-unknown`
 */
export function cancelStudy(history: WritableHistory, study: string): ChangedTasks {
  return forTasks(history, study, (task) => {
    const { key, state, run } = task;
    if (state === 'waiting') history.moveStudyTask({ study, key }, { state: 'cancelled', reason: 'cancelled' });
    else if (state === 'submitted' && run !== null && history.findRun(run)?.summary.state !== 'finished') {
      const done = requestRunControl(history, run, 'cancel') === 'done';
      if (done) history.moveStudyTask({ study, key }, { state: 'cancelled', reason: `its run ${run} was cancelled` });
    } else return false;
    return true;
  });
}

/**
 * Lets every task that was given up or cancelled try again: a run that can be resumed goes on, another gets a new one. Nothing is started.
 * @throws UserError `study-unknown`
 */
export function retryStudy(history: WritableHistory, study: string): ChangedTasks {
  return forTasks(history, study, (task) => {
    const { key, state, run } = task;
    if (state !== 'given-up' && state !== 'cancelled') return false;
    const runState = run === null ? null : (history.findRun(run)?.summary.state ?? null);
    const goesOn =
      runState === 'failed' || runState === 'interrupted' || runState === 'paused' || runState === 'queued';
    // Not into the window's queue: the study starts it.
    if (goesOn) history.queueRun(run!, false);
    history.moveStudyTask({ study, key }, goesOn ? { state: 'submitted' } : { state: 'waiting', releasesRun: true });
    return true;
  });
}

function forTasks(history: WritableHistory, study: string, change: (task: StoredStudyTask) => boolean): ChangedTasks {
  let [changed, ending] = [0, 0];
  for (const task of requireStudy(history, study)) {
    try {
      if (change(task)) changed++;
    } catch (error) {
      if (!(error instanceof UserError) || (error.kind !== 'run-busy' && error.kind !== 'run-ended')) throw error;
      if (error.kind === 'run-busy') ending++;
    }
  }
  return { changed, ending };
}

/** The tasks of a study. @throws UserError `study-unknown` */
export function requireStudy(history: ReadableHistory, study: string): StoredStudyTask[] {
  const tasks = history.studyTasks(study);
  if (tasks) return tasks;
  throw new UserError(
    'study-unknown',
    `There is no study ${study} in the history: start it with 'medforge study run FILE'.`,
  );
}
