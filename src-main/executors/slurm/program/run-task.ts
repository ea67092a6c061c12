import { execFile } from 'node:child_process';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { openAttempt, type AttemptLog } from '../../../attempts/attempt-log.js';
import { executeJob, isEnd } from '../../../jobs/execute.js';
import { jobs } from '../../../jobs/jobs.js';
import type { JobControl, JobEvent } from '../../../vocabulary/events.js';
import { newestCheckpoint } from '../newest-checkpoint.js';
import { readControl, readTask } from '../task-file.js';
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
  const path = join(dirname(dirname(runFolder)), data);
  const before = newestCheckpoint(runFolder);
  const log = openAttempt(runFolder, { progress: true });
  const desk = new Desk(runFolder, log, signals);
  desk.emit({ type: 'log', level: 'info', text: whereText() });
  try {
    await executeJob({
      ...{ run, folder: runFolder, jobs, door: 'terminal' },
      config: { ...config, threads, dataset: { ...config.dataset, path } },
      emit: (event) => desk.emit(event),
      control: () => desk.control(),
      reason: () => desk.reason,
    });
  } finally {
    log.close();
  }
  if (desk.ended || desk.superseded) return 0;
  if (signals.stop !== 'requeue') return 143;
  if (newestCheckpoint(runFolder) === before) {
    process.stderr.write('Nothing new was computed within the time limit of the job: it is not put into the queue again.\n');
    return 1;
  }
  return requeue();
}

/** Between the job and the files of its folder. */
class Desk {
  /** Whether the job ended by itself or as it was asked. */
  ended = false;
  superseded = false;
  reason = '';
  #control: JobControl = 'continue';
  #looked = -Infinity;
  #progressed = -Infinity;

  constructor(
    private readonly folder: string,
    private readonly log: AttemptLog,
    private readonly signals: Signals,
  ) {
    this.#look();
  }

  control(): JobControl {
    if (performance.now() - this.#looked >= LOOK_MILLISECONDS) this.#look();
    // Nothing of it counts any more: it ends the quickest way.
    if (this.superseded) return 'cancel';
    if (this.#control !== 'continue') return this.#control;
    const { stop } = this.signals;
    if (stop === null) return 'continue';
    this.reason = STOP_TEXTS[stop];
    return 'pause';
  }

  emit(event: JobEvent): void {
    this.superseded ||= this.log.superseded();
    if (this.superseded) return;
    if (event.type === 'progress') {
      if (performance.now() - this.#progressed < PROGRESS_MILLISECONDS) return;
      this.#progressed = performance.now();
    }
    const bySlurm = event.type === 'paused' && this.signals.stop !== null && event.reason === this.reason;
    // The run goes on by itself: for those who follow it, nothing has ended.
    if (bySlurm && this.#control === 'continue') {
      this.log.append({ type: 'log', level: 'info', text: `stopped after epoch ${event.epoch}: ${event.reason}` });
      return;
    }
    if (isEnd(event)) this.ended = true;
    this.log.append(event);
  }

  #look(): void {
    this.#looked = performance.now();
    this.superseded ||= this.log.superseded();
    const { control, reason } = readControl(this.folder);
    this.#control = control;
    if (control !== 'continue') this.reason = reason;
  }
}

function whereText(): string {
  const { SLURM_JOB_ID: job, SLURM_RESTART_COUNT: restarts } = process.env;
  const slurm = job === undefined ? '' : `, Slurm's job ${job}${restarts === undefined ? '' : ` (restart ${restarts})`}`;
  return `on ${hostname()}${slurm}, Node ${process.versions.node}`;
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
