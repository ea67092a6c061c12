import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { appendEvents, appendLog, appendMissingEvents } from '../attempts/run-log.js';
import { UserError } from '../errors.js';
import type { ControlRequest, TakenEvent, WritableHistory } from '../history/interface.js';
import { removeResultManifest } from '../history/files.js';
import { keepReserve, spendReserve } from '../history/reserve.js';
import { trySettleRunFolder } from '../history/settle-run.js';
import type { ProcessIdentity } from '../process-identity.js';
import { CHECKPOINTS_FOLDER, parseCheckpointName } from '../run-folder.js';
import { isEnd } from './execute.js';
import type { EndEvent } from './execute.js';
import type { JobControl, JobEvent } from '../vocabulary/events.js';
import type { RunState } from '../vocabulary/run.js';
import { PAUSE_REASONS } from './pause-reasons.js';

/** How often other processes' requests are looked for, and how often the running time is written down. */
const POLL_MS = 100;
const BEAT_MS = 2000;
/** Failures of the database that pass when the user does something; the run pauses until then. */
const PAUSING = new Set(['history-full', 'history-io-error', 'disk-full']);
const PASSING = new Set([...PAUSING, 'history-busy', 'history-locked']);

/**
 * Follows the logs of a run (`attempts/`) and keeps what they say in the history: the one place that starts and ends a run. The
 * command line uses it in the process of the job, the window in the main process with the job in a worker. That an event has
 * come is told by the port; what counts is the log.
 * Call `begin`, then `apply` for each event in order, then `end` in a `finally`.
 */
export class RunRecorder {
  private readonly folder: string;
  /** The end of a job that could not write it into its log. */
  private unlogged: EndEvent | null = null;
  private started = false;
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
   * Takes the run: what earlier processes said and nobody recorded comes first, then it is `running` and owned by this process.
   * @returns false when it has ended by that: there is nothing to compute
   * @throws UserError `run-unknown`, `run-busy`, `run-ended`, `checkpoint-missing`, `attempt-unreadable`
   */
  begin(): boolean {
    const earlier = this.history.takeEarlierEvents(this.run);
    const { summary } = this.history.getRun(this.run);
    const isOver = summary.state === 'finished' || summary.state === 'cancelled';
    appendMissingEvents(this.folder, earlier);
    for (const { event } of earlier) if (event.type === 'epoch' || (isOver && isEnd(event))) this.listener(event);
    if (isOver && earlier.length > 0) {
      trySettleRunFolder(this.history, this.run);
      return false;
    }
    if (summary.epoch > 0 && !isOver && !this.hasCheckpoints()) {
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
    return true;
  }

  /** The process that computes, when it is not this one: while it lives, nobody else takes the run. */
  setWorker(worker: ProcessIdentity): void {
    this.history.setWorker(this.run, worker);
  }

  /** @param logged whether the event stands in the log of the attempt; what does not is passed on, and an end recorded */
  apply(event: JobEvent, logged: boolean): void {
    if (logged) {
      this.follow();
      // The log has no candidates.
      if (event.type === 'race') this.listener(event);
    } else if (this.ended !== null) return;
    else if (isEnd(event)) {
      this.unlogged ??= event;
      this.follow();
    } else {
      if (event.type === 'progress') this.secondsLeft = event.secondsLeft;
      this.beat();
      this.listener(event);
    }
  }

  /**
   * Takes what the logs say and the history has not, and tells it.
   * @param ending nothing comes after this: the reserve may be spent on it
   * @returns false where the history cannot be written now; what is in the logs waits there
   */
  follow(ending = false): boolean {
    if (this.ended !== null) return true;
    const take = (): TakenEvent[] => this.history.takeEvents(this.run, this.secondsLeft);
    const taken = this.attempt(ending ? () => this.withReserve(take) : take);
    if (taken === null) return false;
    this.told(taken.value);
    const { unlogged } = this;
    if (unlogged !== null && !this.isEnded()) {
      const context = { started: this.started, seconds: this.seconds };
      const record = (): void => this.history.takeUnlogged(this.run, unlogged, context);
      if (this.attempt(() => this.withReserve(record)) === null) return false;
      this.told([{ event: unlogged, at: new Date().toISOString() }]);
    }
    this.trouble = null;
    return true;
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
    let unreadable: string | null = null;
    for (let attempt = 0; attempt < 3 && this.ended === null; attempt++) {
      try {
        if (this.follow(true)) break;
      } catch (error) {
        if (!(error instanceof UserError) || error.kind !== 'attempt-unreadable') throw error;
        unreadable = error.message;
        break;
      }
    }
    if (this.ended !== null) return this.ended;
    const state = this.pausing === null ? 'interrupted' : 'paused';
    const why = unreadable ?? this.pausing ?? reason;
    // What could not be recorded is in the logs, and is taken by a resume.
    this.withReserve(() => this.history.moveRun(this.run, state, { reason: why }));
    this.ended = state;
    return state;
  }

  /** Running time over all attempts, by the monotonic clock. */
  get seconds(): number {
    return this.earlierSeconds + (performance.now() - this.begunAt) / 1000;
  }

  /** What keeps the history from being written until the user does something, null when nothing does. */
  private get pausing(): string | null {
    return this.trouble !== null && PAUSING.has(this.trouble.kind) ? this.trouble.message : null;
  }

  private isEnded(): boolean {
    return this.ended !== null;
  }

  private told(taken: readonly TakenEvent[]): void {
    if (taken.length === 0) return;
    this.lastBeat = performance.now();
    appendEvents(this.folder, taken);
    for (const { event } of taken) {
      if (event.type === 'started') this.started = true;
      // Before anybody hears of the end, the folder has its last form. An end with something behind it was an earlier attempt's.
      if (isEnd(event) && event === taken.at(-1)?.event) this.close();
      if (event.type !== 'race') this.listener(event);
    }
  }

  /** The run has its last state: its folder is brought to its last form. */
  private close(): void {
    this.ended = this.history.getRun(this.run).summary.state;
    trySettleRunFolder(this.history, this.run);
  }

  private beat(): void {
    const now = performance.now();
    if (now - this.lastBeat < BEAT_MS || this.ended !== null) return;
    this.lastBeat = now;
    if (this.follow() && !this.isEnded()) {
      this.attempt(() => this.history.heartbeat(this.run, this.seconds, this.secondsLeft));
    }
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

  private hasCheckpoints(): boolean {
    try {
      return readdirSync(join(this.folder, CHECKPOINTS_FOLDER)).some((name) => parseCheckpointName(name) !== null);
    } catch {
      return false;
    }
  }
}
