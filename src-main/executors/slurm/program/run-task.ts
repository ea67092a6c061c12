import { execFile } from 'node:child_process';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { attemptsOf, readAttempt } from '../../../attempts/read-attempts.js';
import { executeAttempt } from '../../../jobs/attempt.js';
import { jobs } from '../../../jobs/jobs.js';
import type { JobControl, JobEvent } from '../../../vocabulary/events.js';
import { newestCheckpoint } from '../newest-checkpoint.js';
import { COMPUTES, readControl, readTask } from '../task-file.js';
import type { Signals } from './signals.js';

/** How often the files of the folder are asked whether to go on. */
const LOOK_MILLISECONDS = 500;
/** A line of progress in the log of the attempt at most this often. */
const PROGRESS_MILLISECONDS = 5000;
const REQUEUE_MILLISECONDS = 60_000;
const STOP_TEXTS = {
  requeue: 'the time limit of the job is near: it goes on in another one',
  end: 'Slurm ended the job',
} as const;

/** Computes a task as far as this job gets. @returns the exit code  @throws UserError `task-unreadable` */
export async function runTask(folder: string, signals: Signals): Promise<number> {
  const runFolder = resolve(folder);
  const { run, data, threads, config } = readTask(runFolder);
  if (isOver(runFolder)) return 0;
  const path = join(dirname(dirname(runFolder)), data);
  const before = newestCheckpoint(runFolder);
  const desk = new Desk(runFolder, signals);
  process.stdout.write(`${COMPUTES} run ${run} on ${hostname()}, Node ${process.versions.node}\n`);
  const end = await executeAttempt({
    ...{ run, folder: runFolder, jobs, door: 'terminal', progress: true },
    config: { ...config, threads, dataset: { ...config.dataset, path } },
    control: () => desk.control(),
    reason: () => desk.reason,
    reword: (event) => desk.reword(event),
    tell: () => undefined,
  });
  // Replaced by another one, or over.
  if (end === null || !desk.stoppedBySlurm(end)) return 0;
  if (signals.stop !== 'requeue') return 143;
  if (newestCheckpoint(runFolder) > before) return requeue();
  process.stderr.write(
    'Nothing new was computed within the time limit of the job: it is not put into the queue again.\n',
  );
  return 1;
}

/** Whether the run has its last word: a job that Slurm has started once more has nothing to do. */
function isOver(runFolder: string): boolean {
  const last = attemptsOf(runFolder).at(-1);
  const type = last === undefined ? null : (readAttempt(runFolder, last, 0).lines.at(-1)?.event.type ?? null);
  return type === 'finished' || type === 'cancelled';
}

/** Between the job and the files of its folder. */
class Desk {
  reason = '';
  #control: JobControl = 'continue';
  #looked = -Infinity;
  #progressed = -Infinity;

  constructor(
    private readonly folder: string,
    private readonly signals: Signals,
  ) {}

  control(): JobControl {
    if (performance.now() - this.#looked >= LOOK_MILLISECONDS) this.#look();
    if (this.#control !== 'continue') return this.#control;
    const { stop } = this.signals;
    if (stop === null) return 'continue';
    this.reason = STOP_TEXTS[stop];
    return 'pause';
  }

  /** Whether an end is one of this job alone: the run goes on by itself. */
  stoppedBySlurm(event: JobEvent): event is Extract<JobEvent, { type: 'paused' }> {
    return (
      event.type === 'paused' && this.#control === 'continue' && event.reason === this.reason && this.reason !== ''
    );
  }

  reword(event: JobEvent): JobEvent | null {
    if (event.type === 'progress') {
      if (performance.now() - this.#progressed < PROGRESS_MILLISECONDS) return null;
      this.#progressed = performance.now();
      return event;
    }
    if (!this.stoppedBySlurm(event)) return event;
    return { type: 'log', level: 'info', text: `stopped after epoch ${event.epoch}: ${event.reason}` };
  }

  #look(): void {
    this.#looked = performance.now();
    const { control, reason } = readControl(this.folder);
    this.#control = control;
    if (control !== 'continue') this.reason = reason;
  }
}

/** Puts this job into Slurm's queue again; whoever submitted it submits a new one where that fails. */
function requeue(): Promise<number> {
  const job = process.env['SLURM_JOB_ID'];
  if (job === undefined) return Promise.resolve(1);
  return new Promise((done) => {
    execFile('scontrol', ['requeue', job], { timeout: REQUEUE_MILLISECONDS }, (error) => {
      if (error) process.stderr.write(`scontrol requeue ${job}: ${error.message}\n`);
      done(error ? 1 : 0);
    });
  });
}
