import nodeFs from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from '../durable-file.js';
import { fileErrorCode } from '../file-errors.js';
import { toJsonText } from '../json-numbers.js';
import { ATTEMPTS_FOLDER } from '../run-folder.js';
import type { AttemptLine } from '../vocabulary/attempt.js';
import type { JobEvent } from '../vocabulary/events.js';
import { attemptFile, attemptsOf } from './attempt-files.js';

/** How often `progress` is written, where it is. */
const PROGRESS_SECONDS = 1;
/** After these the line is on the disk before anybody is told. */
const SYNCED: ReadonlySet<JobEvent['type']> = new Set(['epoch', 'race', 'paused', 'cancelled', 'finished', 'failed']);

/** What the process that computes a run appends to; no other writes this file. */
export interface AttemptLog {
  /** The token of the attempt: a process that finds a higher one in the folder has been replaced. */
  readonly number: number;
  /** Seconds since the start of the attempt, by a monotonic clock. */
  readonly seconds: number;
  /**
   * Writes an event as one line, a `race` without its candidates: all of them again after every training would be most of the file, and
   * the end of the run and the checkpoints have them. A failed write leaves the lines before it as they were, and another may follow.
   * @returns whether there is a line of it: none of `progress` unless asked for, and none once the attempt is superseded
   * @throws the file system's error
   */
  append(event: JobEvent): boolean;
  /** Whether a later attempt of the run has begun: this process must stop without a word. */
  superseded(): boolean;
  close(): void;
}

export interface AttemptLogOptions {
  /** `progress` is written too, at most once a second, for a reader that hears of the run by the file alone. Default false. */
  readonly progress?: boolean;
  /** Default: the real one. */
  readonly fs?: Pick<typeof nodeFs, 'writeSync' | 'fsyncSync' | 'ftruncateSync'>;
}

/**
 * Begins the next attempt of a run: `<run folder>/attempts/<number>.jsonl`, a new file.
 * @throws the file system's error, ENOENT where the folder of the run is gone
 */
export function openAttempt(runFolder: string, options: AttemptLogOptions = {}): AttemptLog {
  const folder = join(runFolder, ATTEMPTS_FOLDER);
  try {
    nodeFs.mkdirSync(folder);
    syncFolder(runFolder);
  } catch (error) {
    if (fileErrorCode(error) !== 'EEXIST') throw error;
  }
  for (;;) {
    const number = (attemptsOf(runFolder).at(-1) ?? 0) + 1;
    try {
      const descriptor = nodeFs.openSync(attemptFile(runFolder, number), 'wx');
      syncFolder(folder);
      return new OpenLog(runFolder, number, descriptor, options);
    } catch (error) {
      // Another process was as quick.
      if (fileErrorCode(error) !== 'EEXIST') throw error;
    }
  }
}

function asWritten(event: JobEvent): JobEvent {
  return event.type === 'race' ? { ...event, candidates: [] } : event;
}

class OpenLog implements AttemptLog {
  readonly #startedAt = performance.now();
  readonly #fs: NonNullable<AttemptLogOptions['fs']>;
  /** Bytes of the whole lines. */
  #length = 0;
  #sequence = 0;
  #torn = false;
  #lastProgress = -Infinity;

  constructor(
    private readonly runFolder: string,
    readonly number: number,
    private readonly descriptor: number,
    private readonly options: AttemptLogOptions,
  ) {
    this.#fs = options.fs ?? nodeFs;
  }

  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  append(event: JobEvent): boolean {
    const { seconds } = this;
    if (event.type === 'progress') {
      if (this.options.progress !== true || seconds - this.#lastProgress < PROGRESS_SECONDS) return false;
      this.#lastProgress = seconds;
    }
    if (this.superseded()) return false;
    const line: AttemptLine = {
      sequence: this.#sequence + 1,
      at: new Date().toISOString(),
      seconds,
      event: asWritten(event),
    };
    this.#write(Buffer.from(`${toJsonText(line)}\n`), SYNCED.has(event.type));
    this.#sequence += 1;
    return true;
  }

  superseded(): boolean {
    return nodeFs.existsSync(attemptFile(this.runFolder, this.number + 1));
  }

  close(): void {
    nodeFs.closeSync(this.descriptor);
  }

  #write(bytes: Uint8Array, sync: boolean): void {
    if (this.#torn) this.#mend();
    try {
      let done = 0;
      while (done < bytes.length) {
        done += this.#fs.writeSync(this.descriptor, bytes, done, bytes.length - done, this.#length + done);
      }
      if (sync) this.#fs.fsyncSync(this.descriptor);
      this.#length += bytes.length;
    } catch (error) {
      this.#torn = true;
      try {
        this.#mend();
      } catch {
        // The next line tries again, or there is none.
      }
      throw error;
    }
  }

  /** What a failed write has left of a line would become part of the next one. */
  #mend(): void {
    this.#fs.ftruncateSync(this.descriptor, this.#length);
    this.#torn = false;
  }
}
