import { setTimeout as sleep } from 'node:timers/promises';

/** What cancelled work may take to remove what it has written. */
const CLEAN_UP_MILLISECONDS = 3000;

/** One file at once that is being written, which can be cancelled. */
export class FileWriting {
  #now: { readonly file: string; readonly abort: AbortController; readonly ended: Promise<void> } | null = null;

  /** The file; null: nothing is written. */
  get file(): string | null {
    return this.#now?.file ?? null;
  }

  /** Writes it. @param write is told when to stop @returns null when it was cancelled */
  async run<T>(file: string, write: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    const abort = new AbortController();
    let end!: () => void;
    this.#now = { file, abort, ended: new Promise((resolve) => (end = resolve)) };
    try {
      return await write(abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return null;
      throw error;
    } finally {
      this.#now = null;
      end();
    }
  }

  cancel(reason?: Error): void {
    this.#now?.abort.abort(reason);
  }

  /** Cancels, and settles when what was written is removed, or was not in time. */
  async stop(reason?: Error): Promise<void> {
    const ended = this.#now?.ended;
    this.cancel(reason);
    if (ended) await Promise.race([ended, sleep(CLEAN_UP_MILLISECONDS, undefined, { ref: false })]);
  }
}
