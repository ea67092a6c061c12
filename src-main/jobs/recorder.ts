import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import type { ControlRequest, WritableHistory } from '../history/interface.js';
import { removeResultManifest } from '../history/files.js';
import { keepReserve, spendReserve } from '../history/reserve.js';
import { settleRunFolder } from '../history/settle-run.js';
import type { ProcessIdentity } from '../process-identity.js';
import { CHECKPOINTS_FOLDER, parseCheckpointName } from '../run-folder.js';
import { isEnd } from './execute.js';
import type { EndEvent } from './execute.js';
import type { JobControl, JobEvent } from '../vocabulary/events.js';
import type { RunState } from '../vocabulary/run.js';
import { PAUSE_REASONS } from './pause-reasons.js';
import { appendLog, logLine } from './run-log.js';

/** How often other processes' requests are looked for, and how often the running time is written down. */
const POLL_MS = 100;
const BEAT_MS = 2000;
/** Failures of the database that pass when the user does something; the run pauses until then. */
const PAUSING = new Set(['history-full', 'history-io-error', 'disk-full']);
const PASSING = new Set([...PAUSING, 'history-busy', 'history-locked']);

/**
 * Writes what a job says into the history: the one place that starts and ends a run. The command line uses it in the
 * process of the job, the window in the main process with the job in a worker.
 * Call `begin`, then `apply` for each event in order, then `end` in a `finally`.
 */
export class RunRecorder {
  private readonly folder: string;
  private readonly pending: JobEvent[] = [];
  private started = false;
  private finalEvent: EndEvent | null = null;
  private ended: RunState | null = null;
  private earlierSeconds = 0;
  private begunAt = 0;
  private secondsLeft: number | null = null;
  private request: ControlRequest | null = null;
  private trouble: UserError | null = null;
  private lastPoll = -Infinity;
  private lastBeat = -Infinity;

  constructor(
    private readonly history: WritableHistory,
    private readonly run: number,
    /** Hears each event when it is written down: an epoch that had to wait is told when it is in the history. */
    private readonly listener: (event: JobEvent) => void = () => undefined,
  ) {
    this.folder = history.runFolder(run);
  }

  /**
   * Takes the run: from here on it is `running` and owned by this process.
   * @throws UserError `run-unknown`, `run-busy`, `run-ended`, `checkpoint-missing`
   */
  begin(): void {
    const { summary } = this.history.getRun(this.run);
    const goesOn = summary.epoch > 0 && summary.state !== 'finished' && summary.state !== 'cancelled';
    if (goesOn && !this.hasCheckpoints()) {
      throw new UserError(
        'checkpoint-missing',
        `Run ${this.run} has ${summary.epoch} epochs but no checkpoint in ${join(this.folder, CHECKPOINTS_FOLDER)}: ` +
          'put the folder back, or start a new run. Its history is kept.',
      );
    }
    this.history.claimRun(this.run);
    this.earlierSeconds = summary.seconds;
    this.begunAt = performance.now();
    this.lastBeat = this.begunAt;
    removeResultManifest(this.history.home, this.run);
    keepReserve(this.history.home);
  }

  /** The process that computes, when it is not this one: while it lives, nobody else takes the run. */
  setWorker(worker: ProcessIdentity): void {
    this.history.setWorker(this.run, worker);
  }

  /** Writes an event down and tells it, unless it is no news: an epoch that the history has already, said again from a checkpoint. */
  apply(event: JobEvent): void {
    if (this.finalEvent !== null) return;
    if (event.type === 'started') {
      this.started = true;
      const { trace } = event;
      if (trace) this.attempt(() => this.history.describeTraces(this.run, trace));
    }
    if (event.type === 'backend')
      this.attempt(() => this.history.setEngine(this.run, { decidedBackend: event.backend }));
    if (event.type === 'progress') {
      this.secondsLeft = event.secondsLeft;
      this.beat();
      this.listener(event);
      return;
    }
    if (event.type === 'epoch' && !this.started && this.knows(event)) return;
    if (isEnd(event)) this.finalEvent = event;
    const line = logLine(event);
    if (line) appendLog(this.folder, line.level, line.text);
    if (event.type === 'epoch' || isEnd(event)) {
      this.pending.push(event);
      this.flush();
    } else this.listener(event);
  }

  /** What the job is asked to do, and why: asked from another process, or because the history cannot be written. */
  poll(): { readonly control: JobControl; readonly reason: string } {
    this.beat();
    const now = performance.now();
    if (now - this.lastPoll >= POLL_MS && this.ended === null) {
      this.lastPoll = now;
      const request = this.attempt(() => this.history.takeControl(this.run))?.value ?? null;
      if (request !== null && this.request !== 'cancel') this.request = request;
    }
    if (this.request !== null) return { control: this.request, reason: PAUSE_REASONS.asked };
    if (this.pausing !== null) return { control: 'pause', reason: this.pausing };
    return { control: 'continue', reason: '' };
  }

  /**
   * Ends the run whatever happened: a job that said nothing about its end was interrupted. Returns the state of the run.
   * @param reason why, when the job did not say
   * @throws UserError when the history cannot be written even now; the run stays resumable
   */
  end(reason: string): RunState {
    for (let attempt = 0; this.pending.length > 0 && attempt < 3; attempt++) this.flush(true);
    if (this.ended !== null) return this.ended;
    const state = this.pausing === null ? 'interrupted' : 'paused';
    this.withReserve(() => this.settle(state, this.pausing ?? reason));
    // The epoch that could not be written is in the checkpoint, and is told again by a resume.
    this.pending.length = 0;
    return state;
  }

  /** Running time over all resumes, by the monotonic clock. */
  get seconds(): number {
    return this.earlierSeconds + (performance.now() - this.begunAt) / 1000;
  }

  /** What keeps the history from being written until the user does something, null when nothing does. */
  private get pausing(): string | null {
    return this.trouble !== null && PAUSING.has(this.trouble.kind) ? this.trouble.message : null;
  }

  /** @param ending nothing comes after this: the reserve may be spent on it */
  private flush(ending = false): void {
    while (this.pending.length > 0) {
      const event = this.pending[0] as JobEvent;
      const record = (): void => this.record(event);
      if (this.attempt(ending || isEnd(event) ? () => this.withReserve(record) : record) === null) return;
      this.pending.shift();
      this.listener(event);
    }
    this.trouble = null;
  }

  private record(event: JobEvent): void {
    const { history, run } = this;
    if (event.type === 'epoch') {
      const { checkpoint } = event;
      const context = { checkpoint, seconds: this.seconds, secondsLeft: this.secondsLeft };
      history.appendEpoch(run, event.record, event.trace, context);
      this.lastBeat = performance.now();
    } else if (event.type === 'finished') {
      history.finishRun(run, event.result, this.seconds);
      this.close('finished');
    } else if (event.type === 'paused') {
      this.settle('paused', this.pausing ?? event.reason);
    } else if (event.type === 'cancelled') {
      this.settle('cancelled');
    } else if (event.type === 'failed') {
      if (this.refusesResume(event)) this.settle('paused', event.error.message);
      else {
        history.heartbeat(run, this.seconds, null);
        history.moveRun(run, 'failed', { error: event.error });
        this.close('failed');
      }
    }
  }

  /** A resume that did not get as far as computing, because of its files, leaves the run as resumable as it was. */
  private refusesResume({ error }: Extract<JobEvent, { type: 'failed' }>): boolean {
    const files = error.kind.startsWith('dataset-') || error.kind.startsWith('checkpoint-');
    return !this.started && files && this.history.getRun(this.run).summary.epoch > 0;
  }

  private settle(state: RunState, reason?: string): void {
    this.history.heartbeat(this.run, this.seconds, null);
    this.history.moveRun(this.run, state, reason === undefined ? {} : { reason });
    this.close(state);
  }

  /** The run has its last state: its folder is brought to its last form. */
  private close(state: RunState): void {
    this.ended = state;
    try {
      settleRunFolder(this.history, this.run);
    } catch (error) {
      appendLog(this.folder, 'warning', `result.json: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private beat(): void {
    const now = performance.now();
    if (now - this.lastBeat < BEAT_MS || this.ended !== null) return;
    this.lastBeat = now;
    if (this.pending.length > 0) this.flush();
    else this.attempt(() => this.history.heartbeat(this.run, this.seconds, this.secondsLeft));
  }

  /** The value of `action`; null when it failed in a way that the run survives, which is remembered. */
  private attempt<T>(action: () => T): { readonly value: T } | null {
    try {
      return { value: action() };
    } catch (error) {
      if (!(error instanceof UserError) || !PASSING.has(error.kind)) throw error;
      if (this.trouble?.kind !== error.kind) appendLog(this.folder, 'warning', error.message);
      this.trouble = error;
      return null;
    }
  }

  /** How a run ended is written on a full disk too, with the space that is kept for this. */
  private withReserve<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      const isFull = error instanceof UserError && error.kind === 'history-full';
      if (!isFull || !spendReserve(this.history.home, 'end')) throw error;
      return action();
    }
  }

  private knows(event: Extract<JobEvent, { type: 'epoch' }>): boolean {
    const { seed, epoch } = event.record;
    return this.history.epochs(this.run).some((record) => record.seed === seed && record.epoch === epoch);
  }

  private hasCheckpoints(): boolean {
    try {
      return readdirSync(join(this.folder, CHECKPOINTS_FOLDER)).some((name) => parseCheckpointName(name) !== null);
    } catch {
      return false;
    }
  }
}
