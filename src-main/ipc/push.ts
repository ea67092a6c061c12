import type { PushChannels, WindowEvent } from './contract.js';

/** A window that can be told something. */
export interface Listener {
  isDestroyed(): boolean;
  send(channel: string, payload: unknown): void;
}

/** Job events are gathered for this long, so that a fast search does not flood the renderer. */
export const BATCH_MILLISECONDS = 100;

/** Tells every window; job events and epochs go out in batches of at most 10 a second, in order. */
export class Push {
  #pending: { run: number; event: WindowEvent }[] = [];
  readonly #epochs = new Map<number, PushChannels['epochs:written'][number]>();
  readonly #early: PushChannels['app:problem'][] = [];
  #timer: NodeJS.Timeout | null = null;

  /** @param listeners the windows of this moment. */
  constructor(private readonly listeners: () => Iterable<Listener>) {}

  send<K extends keyof PushChannels>(channel: K, payload: PushChannels[K]): void {
    for (const listener of this.listeners()) if (!listener.isDestroyed()) listener.send(channel, payload);
  }

  /** A problem from before the page listened: kept until the page asks for it with its first data. */
  problemAtStart(title: string, message: string): void {
    this.#early.push({ title, message });
  }

  /** The page listens now. */
  sendStartupProblems(): void {
    for (const problem of this.#early.splice(0)) this.send('app:problem', problem);
  }

  jobEvent(run: number, event: WindowEvent): void {
    const last = this.#pending.at(-1);
    // Of several progress reports in one batch only the newest is worth drawing.
    if (event.type === 'progress' && last?.run === run && last.event.type === 'progress') this.#pending.pop();
    this.#pending.push({ run, event });
    this.#flushSoon();
  }

  /** @param again epochs up to `position` were written again, as after a resume from an older checkpoint */
  epochs(run: number, position: number, again: boolean): void {
    const before = this.#epochs.get(run);
    this.#epochs.set(run, { run, position, again: again || (before?.again ?? false) });
    this.#flushSoon();
  }

  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const events = this.#pending;
    this.#pending = [];
    if (events.length > 0) this.send('jobs:events', events);
    const epochs = [...this.#epochs.values()];
    this.#epochs.clear();
    if (epochs.length > 0) this.send('epochs:written', epochs);
  }

  #flushSoon(): void {
    this.#timer ??= setTimeout(() => this.flush(), BATCH_MILLISECONDS);
  }
}
