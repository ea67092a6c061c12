import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.js';
import type { WritableHistory } from '../history/interface.js';
import { requestRunControl } from '../history/settle-run.js';
import type { WorkerRunEnd, WorkerRun } from './worker-run.js';
import { PAUSE_REASONS } from './pause-reasons.js';

/** Crashes within this time that stop the queue, so that a run that cannot work does not take the others with it. */
const CRASHES = 3;
const CRASH_MILLISECONDS = 10 * 60_000;
/** What a run of the window and of a study has to write its checkpoint. */
export const GRACE_MILLISECONDS = 10_000;
/** How long after that its end may take to be written down; a history that cannot be written does not hold up the end. */
const WRITE_MILLISECONDS = 3000;
/** Why nothing is started while the machine sleeps. */
const ASLEEP = 'asleep';

export interface QueueEvents {
  /** Runs changed their state or their place. */
  changed(runs: readonly number[]): void;
  /** A workerRun run has ended. */
  ended(run: number): void;
  /** A run could not be started, or the queue stopped. */
  problem(title: string, message: string): void;
}

/** Starts a run in a worker process. @throws when the run cannot be claimed or the process not be started */
export type StartRun = (run: number) => WorkerRun;

/** The jobs of the window: one at a time, in the assignment of the history's queue. */
export class RunQueue {
  #current: WorkerRun | null = null;
  /** Why nothing is started now, null when it is. */
  #held: string | null = null;
  /** The run that was going when the machine went to sleep, until it has been queued again. */
  #asleep: number | null = null;
  readonly #crashes: number[] = [];

  constructor(
    private readonly history: WritableHistory,
    private readonly startRun: StartRun,
    private readonly events: QueueEvents,
    /** Milliseconds that a run may take to write its checkpoint before its process is ended. */
    private readonly grace = GRACE_MILLISECONDS,
    /** Whether nothing else computes that has to stop first; `pump` is called when it has. */
    private readonly isFree: () => boolean = () => true,
  ) {}

  /** Number of the run that is going here, or null. */
  get running(): number | null {
    return this.#current?.run ?? null;
  }

  get held(): string | null {
    return this.#held;
  }

  /** Whether it runs something, or would if nothing else computed. */
  get busy(): boolean {
    return this.#current !== null || (this.#held === null && this.#next() !== null);
  }

  /** Starts the next run when none is going. */
  pump(): void {
    while (this.#held === null && !this.#current && this.isFree()) {
      const next = this.#next();
      if (next === null) return;
      this.#start(next);
    }
  }

  /** Nothing new is started until the user starts or resumes something. */
  hold(reason: string): void {
    this.#held = reason;
  }

  /** A run was put at the end of the queue by the user. */
  added(run: number): void {
    this.#release();
    this.events.changed([run]);
    this.pump();
  }

  pause(run: number): void {
    this.#staysDown(run);
    if (this.#current?.run === run) this.#current.stop('pause', PAUSE_REASONS.user);
    else requestRunControl(this.history, run, 'pause');
    this.events.changed([run]);
  }

  cancel(run: number): void {
    this.#staysDown(run);
    if (this.#current?.run === run) this.#current.stop('cancel', 'Cancelled by the user.');
    else requestRunControl(this.history, run, 'cancel');
    this.events.changed([run]);
    this.pump();
  }

  /** Cancels a run that is going here and waits for its end; does nothing about others. */
  async stop(run: number): Promise<void> {
    if (this.running === run) await this.#endCurrent('cancel', 'Cancelled by the user.');
  }

  /** Puts a paused, interrupted or failed run at the end of the queue. */
  resume(run: number): void {
    this.history.queueRun(run);
    this.added(run);
  }

  reorder(order: readonly number[]): void {
    const before = this.history.queue();
    this.history.reorderQueue(order);
    this.events.changed(before);
  }

  /** The machine goes to sleep: the run that is going writes a checkpoint and stops. */
  async suspend(): Promise<void> {
    this.#asleep ??= this.running;
    this.#held ??= ASLEEP;
    await this.#endCurrent('pause', PAUSE_REASONS.sleep);
  }

  /** It woke up: the same run goes on first, as soon as its process has ended. */
  wake(): void {
    if (this.#held === ASLEEP) this.#held = null;
    this.#goOnAfterSleep();
    this.pump();
  }

  /** The program ends: a checkpoint within the grace time, then the process is ended. */
  async shutDown(): Promise<void> {
    this.#held = 'quitting';
    await this.#endCurrent('pause', PAUSE_REASONS.quit);
  }

  /** Ends the worker at once. */
  kill(): void {
    this.#current?.kill();
  }

  /** Ends the run that is going, its process after the grace time; settles in bounded time, whatever the history does. */
  async #endCurrent(control: 'pause' | 'cancel', reason: string): Promise<void> {
    const current = this.#current;
    if (!current) return;
    current.stop(control, reason);
    const killing = setTimeout(() => current.kill(), this.grace);
    const givingUp = new AbortController();
    await Promise.race([
      current.ended,
      sleep(this.grace + WRITE_MILLISECONDS, undefined, givingUp).catch(() => undefined),
    ]);
    clearTimeout(killing);
    givingUp.abort();
  }

  /** The user has said what is to become of a run: waking up says nothing about it any more. */
  #staysDown(run: number): void {
    if (this.#asleep === run) this.#asleep = null;
  }

  /** Queues the run that sleep stopped in front of all others; not one that the user or a full disk paused meanwhile. */
  #goOnAfterSleep(): void {
    const run = this.#asleep;
    if (run === null || this.#held !== null || this.running === run) return;
    this.#asleep = null;
    try {
      const found = this.history.findRun(run);
      const state = found?.summary.state;
      if (state !== 'interrupted' && !(state === 'paused' && found?.reason === PAUSE_REASONS.sleep)) return;
      this.history.queueRun(run);
      this.history.reorderQueue([run]);
      this.events.changed([run]);
    } catch (error) {
      this.events.problem(`Run ${run} did not continue after sleep`, messageOf(error));
    }
  }

  /** A queue that cannot be read is held until the user starts or resumes something. */
  #next(): number | null {
    try {
      return this.history.queue()[0] ?? null;
    } catch (error) {
      this.#held = messageOf(error);
      this.events.problem('The queue was stopped', this.#held);
      return null;
    }
  }

  #start(run: number): void {
    try {
      const workerRun = this.startRun(run);
      this.#current = workerRun;
      this.events.changed([run]);
      void workerRun.ended.then((end) => this.#ended(workerRun, end));
    } catch (error) {
      this.#refused(run, error);
    }
  }

  /** The run leaves the queue, or the queue would try it for ever. */
  #refused(run: number, error: unknown): void {
    const message = messageOf(error);
    try {
      const state = this.history.findRun(run)?.summary.state;
      const kind = error instanceof UserError ? error.kind : 'fault';
      if (state === 'queued') this.history.moveRun(run, 'failed', { error: { name: 'UserError', message, kind } });
      else if (state === 'running') this.history.moveRun(run, 'interrupted', { reason: message });
    } catch {
      // The history cannot be written either; nothing more is started before the user looks at it.
      this.#held = message;
    }
    if (this.#held === null && this.#next() === run) this.#held = message;
    this.events.changed([run]);
    this.events.problem(`Run ${run} could not be started`, message);
  }

  #ended(workerRun: WorkerRun, end: WorkerRunEnd): void {
    this.#current = null;
    this.events.changed([workerRun.run]);
    this.events.ended(workerRun.run);
    if (end === 'crashed') this.#countCrash();
    this.#goOnAfterSleep();
    this.pump();
  }

  #countCrash(): void {
    const now = performance.now();
    this.#crashes.push(now);
    const recent = this.#crashes.filter((time) => now - time < CRASH_MILLISECONDS);
    if (recent.length < CRASHES || this.#held !== null) return;
    this.#held = 'crashes';
    this.events.problem(
      'The queue was stopped',
      `${recent.length} runs crashed within ten minutes. Look at their logs; starting or resuming a run restarts the queue.`,
    );
  }

  #release(): void {
    if (this.#held === 'quitting' || this.#held === 'asleep') return;
    this.#held = null;
    this.#crashes.length = 0;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
