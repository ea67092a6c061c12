import { PAUSE_REASONS } from '../jobs/pause-reasons.js';

/** What going on with studies needs from the program around it. */
export interface TurnHost {
  /** Whether the queue runs something, or would if it could: then it goes first. */
  queueIsBusy(): boolean;
  /** Goes on with a study until it is at rest, or paused after `signal`. */
  goOn(study: string, turn: { readonly signal: AbortSignal; readonly reason: () => string }): Promise<void>;
  /** A study stopped by itself. */
  failed(study: string, error: unknown): void;
  /** Other studies go on, wait or stand now. */
  changed(studies: readonly string[]): void;
  /** Nothing of a study computes any more: the queue may start. */
  free(): void;
}

interface Turn {
  readonly study: string;
  readonly abort: AbortController;
  reason: string;
  ended: Promise<void>;
}

/**
 * Who computes: the queue first, since what is in it was asked for by itself and is over soon; studies while it is empty, one at a
 * time in the order of their start. A study whose turn ends writes a checkpoint of each task and goes on from it, so that it
 * loses nothing, and the running times that it compares are of tasks beside tasks of its own alone.
 */
export class StudyTurns {
  readonly #wanted: string[] = [];
  #turn: Turn | null = null;
  /** Why nothing is started now; null when it is. */
  #held: 'asleep' | 'quitting' | null = null;

  constructor(private readonly host: TurnHost) {}

  /** The study whose tasks compute, or are writing their checkpoints. */
  get going(): string | null {
    return this.#turn?.study ?? null;
  }

  /** Studies that were started and are not at rest, in their order. */
  get wanted(): readonly string[] {
    return this.#wanted;
  }

  start(study: string): void {
    if (!this.#wanted.includes(study)) this.#wanted.push(study);
    this.host.changed([study]);
    this.#pump();
  }

  /** Settles when its tasks have stopped. */
  async pause(study: string): Promise<void> {
    this.#forget(study);
    if (this.going === study) await this.#stop(PAUSE_REASONS.user);
    this.host.changed([study]);
  }

  queueChanged(): void {
    if (this.#turn && this.host.queueIsBusy()) void this.#stop(PAUSE_REASONS.queue);
    else this.#pump();
  }

  /** The machine goes to sleep: all tasks write a checkpoint and stop. */
  async suspend(): Promise<void> {
    this.#held ??= 'asleep';
    await this.#stop(PAUSE_REASONS.sleep);
  }

  wake(): void {
    if (this.#held !== 'asleep') return;
    this.#held = null;
    this.#pump();
  }

  /** The program ends. Settles in bounded time, as the executor does. */
  async shutDown(): Promise<void> {
    this.#held = 'quitting';
    await this.#stop(PAUSE_REASONS.quit);
  }

  async #stop(reason: string): Promise<void> {
    const turn = this.#turn;
    if (!turn) return;
    if (turn.reason === '') turn.reason = reason;
    turn.abort.abort();
    await turn.ended;
  }

  #pump(): void {
    const [study] = this.#wanted;
    if (this.#turn || this.#held !== null || study === undefined || this.host.queueIsBusy()) return;
    const turn: Turn = { study, abort: new AbortController(), reason: '', ended: Promise.resolve() };
    this.#turn = turn;
    turn.ended = this.#take(turn);
  }

  async #take(turn: Turn): Promise<void> {
    const { study, abort } = turn;
    try {
      // The caller sees the turn first.
      await Promise.resolve();
      this.host.changed([study]);
      await this.host.goOn(study, { signal: abort.signal, reason: () => turn.reason });
      if (!abort.signal.aborted) this.#forget(study);
    } catch (error) {
      this.#forget(study);
      this.host.failed(study, error);
    } finally {
      this.#turn = null;
      this.host.changed([study]);
      this.host.free();
      this.#pump();
    }
  }

  #forget(study: string): void {
    const at = this.#wanted.indexOf(study);
    if (at >= 0) this.#wanted.splice(at, 1);
  }
}
