import { openAttempt, type AttemptLog } from '../attempts/attempt-log.js';
import type { JobEvent } from '../vocabulary/events.js';
import { executeJob, isEnd, type EndEvent, type Execution } from './execute.js';
import { toJobError } from './job-error.js';

/** How often an attempt looks whether it has been replaced, beside each of its words and checkpoints. */
const LOOK_MILLISECONDS = 1000;

export interface AttemptExecution extends Omit<Execution, 'emit' | 'fence'> {
  /** `progress` is written too, for a reader that hears of the run by the file alone. Default false. */
  readonly progress?: boolean;
  /** What is said instead of an event; null: nothing. Default: the event. */
  reword?(event: JobEvent): JobEvent | null;
  /** Hears each event, after it is in the log where it belongs there. */
  readonly tell: (event: JobEvent, logged: boolean) => void;
}

/** Thrown where the process must not say or write anything any more. */
class Superseded extends Error {}

/**
 * Runs or resumes a job as the next attempt of its run: as `executeJob`, and every event stands in the log of the attempt before it is
 * told. An end that cannot be written there is told all the same.
 * @returns null when a later attempt has begun: then this one stops without a word, and without another checkpoint
 */
export async function executeAttempt(execution: AttemptExecution): Promise<EndEvent | null> {
  const { folder, progress = false, tell } = execution;
  let log: AttemptLog;
  try {
    log = openAttempt(folder, { progress });
  } catch (error) {
    const end = cannotBegin(error, folder);
    tell(end, false);
    return end;
  }
  const fence = (): void => {
    if (log.superseded()) throw new Superseded();
  };
  let looked = performance.now();
  const control = (): ReturnType<Execution['control']> => {
    const now = performance.now();
    if (now - looked >= LOOK_MILLISECONDS) {
      looked = now;
      fence();
    }
    return execution.control();
  };
  const emit = (said: JobEvent): void => {
    fence();
    const event = execution.reword ? execution.reword(said) : said;
    if (event === null) return;
    let logged = false;
    try {
      logged = log.append(event);
    } catch (error) {
      if (!isEnd(event)) throw error;
    }
    if (!logged) fence();
    tell(event, logged);
  };
  try {
    return await executeJob({ ...execution, emit, control, fence });
  } catch (error) {
    if (error instanceof Superseded) return null;
    throw error;
  } finally {
    log.close();
  }
}

function cannotBegin(error: unknown, folder: string): EndEvent {
  const failure = toJobError(error, folder);
  if (failure.kind !== 'disk-full') return { type: 'failed', error: failure };
  return { type: 'paused', epoch: 0, checkpoint: '', reason: failure.message };
}
