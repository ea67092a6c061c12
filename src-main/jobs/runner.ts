import { UserError } from '../errors.js';
import type { WritableHistory } from '../history/interface.js';
import { executeAttempt } from './attempt.js';
import { fromJobError } from './job-error.js';
import type { EndEvent, Jobs } from './execute.js';
import type { JobControl, JobEvent } from '../vocabulary/events.js';
import type { JobResult } from '../vocabulary/results.js';
import { PAUSE_REASONS } from './pause-reasons.js';
import { PauseSignals } from './pause-signals.js';
import { RunRecorder } from './recorder.js';

export interface RunJobOptions {
  readonly history: WritableHistory;
  readonly home: string;
  readonly run: number;
  readonly jobs: Jobs;
  /** Hears every event after it was written down. */
  readonly listener?: (event: JobEvent) => void;
  /** Told the height and width of the images when the dataset is in memory. */
  readonly opened?: (size: number) => void;
  /** Refuse to go on where the result would not have the bits of a run that was never stopped. Default false. */
  readonly sameBits?: boolean;
  /** A further source of requests, besides signals and other processes. */
  readonly control?: () => JobControl;
  /** Default true: Ctrl-C, SIGTERM and SIGHUP pause the run with a checkpoint, a second Ctrl-C ends at once. */
  readonly signals?: boolean;
}

export type RunEnd =
  | { readonly state: 'finished'; readonly result: JobResult }
  | { readonly state: 'paused'; readonly epoch: number; readonly reason: string }
  | { readonly state: 'cancelled'; readonly epoch: number };

/**
 * Runs or resumes a run in this process, from taking it to its last state. A pause because the disk is full is an end like
 * others, with its reason.
 * @throws the job's error when it failed; UserError when the run cannot be taken (`run-…`, `checkpoint-…`, `dataset-…`)
 */
export async function runJob(options: RunJobOptions): Promise<RunEnd> {
  const { history, run, listener } = options;
  const recorder = new RunRecorder(history, run, listener);
  if (!recorder.begin()) return endOf(history, run);
  const signals = new PauseSignals(() => recorder.end('ended by a second Ctrl-C'));
  if (options.signals !== false) signals.listen();
  let reason = '';
  const control = (): JobControl => {
    const wishes = [
      recorder.poll(),
      { control: options.control?.() ?? 'continue', reason: PAUSE_REASONS.asked },
      { control: signals.received === null ? 'continue' : 'pause', reason: `stopped by ${signals.received}` },
    ] as const;
    const wish =
      wishes.find(({ control }) => control === 'cancel') ?? wishes.find(({ control }) => control === 'pause');
    if (wish) ({ reason } = wish);
    return wish?.control ?? 'continue';
  };
  const tell = (event: JobEvent, logged: boolean): void => recorder.apply(event, logged);
  const folder = history.runFolder(run);
  const opened = options.opened === undefined ? {} : { opened: options.opened };
  let end: EndEvent | null;
  try {
    const { config } = history.getRun(run);
    const { jobs, sameBits = false } = options;
    end = await executeAttempt({ run, folder, config, jobs, tell, control, reason: () => reason, sameBits, ...opened });
  } finally {
    signals.ignore();
    recorder.end('the job ended without a result');
  }
  if (end === null) throw replaced(run);
  if (end.type === 'failed') throw fromJobError(end.error);
  if (end.type === 'finished') {
    // A backup that fails takes nothing away; the next run tries again.
    await history.backup().catch(() => null);
    return { state: 'finished', result: end.result };
  }
  return end.type === 'paused'
    ? { state: 'paused', epoch: end.epoch, reason: history.getRun(run).reason ?? end.reason }
    : { state: 'cancelled', epoch: end.epoch };
}

/** Of a run that an earlier process has ended without its being recorded. */
function endOf(history: WritableHistory, run: number): RunEnd {
  const { result, summary } = history.getRun(run);
  return result === null ? { state: 'cancelled', epoch: summary.epoch } : { state: 'finished', result };
}

function replaced(run: number): UserError {
  const text = `Another process continues run ${run}, so this one has stopped`;
  return new UserError('run-replaced', `${text}: "medforge runs show ${run}" tells how it stands.`, {
    inWindow: `${text}.`,
  });
}
