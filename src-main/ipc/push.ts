import type { JobEvent, PushChannels } from './contract.js';

/** A window that can be told something. */
export interface Listener {
  isDestroyed(): boolean;
  send(channel: string, payload: unknown): void;
}

/** Job events are gathered for this long, so that a fast search does not flood the renderer. */
export const BATCH_MILLISECONDS = 100;

/** Tells every window; job events go out in batches of at most 10 a second, in order. */
export class Push {
  #pending: { run: number; event: JobEvent }[] = [];
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

  jobEvent(run: number, event: JobEvent): void {
    const last = this.#pending.at(-1);
    // Of several progress reports in one batch only the newest is worth drawing.
    if (event.type === 'progress' && last?.run === run && last.event.type === 'progress') this.#pending.pop();
    this.#pending.push({ run, event });
    this.#timer ??= setTimeout(() => this.flush(), BATCH_MILLISECONDS);
  }

  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const events = this.#pending;
    this.#pending = [];
    if (events.length > 0) this.send('jobs:events', events);
  }
}
