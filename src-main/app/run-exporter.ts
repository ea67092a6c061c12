import { writeDurablyInTurns } from '../durable-file.js';
import { UserError } from '../errors.js';
import { exportParts, type ExportFormat } from '../history/export.js';
import type { ReadableHistory } from '../history/interface.js';
import type { RunsExporter } from '../ipc/desk.js';
import type { Push } from '../ipc/push.js';

const TELL_MILLISECONDS = 200;

/** How the system says that a file cannot be written, and what helps. */
const CANNOT_WRITE: { readonly [code: string]: readonly [wrong: string, cure: string] } = {
  EACCES: ['you may not write there', 'choose another place'],
  EPERM: ['you may not write there', 'choose another place'],
  EROFS: ['its disk is read-only', 'choose another place'],
  ENOENT: ['its folder is gone', 'choose another place'],
  ENOSPC: ['its disk is full', 'free some space or choose another place'],
  EDQUOT: ['your quota of its disk is used up', 'free some space or choose another place'],
  EBUSY: ['another program holds it', 'close that program'],
};

/** Writes runs into a file, a part at a time, so that the window answers in between; one export at once. */
export class RunExporter implements RunsExporter {
  #abort: AbortController | null = null;

  constructor(
    private readonly history: ReadableHistory,
    private readonly push: Pick<Push, 'send'>,
  ) {}

  /**
   * @returns false when it was cancelled; there is no file then, or the one that was there before
   * @throws UserError `export-running`, `export-failed`, `run-unknown`
   */
  async export(file: string, runs: readonly number[], format: ExportFormat): Promise<boolean> {
    if (this.#abort)
      throw new UserError('export-running', 'Runs are being exported already: wait, or cancel that export.');
    const abort = (this.#abort = new AbortController());
    try {
      await writeDurablyInTurns(file, this.#parts(runs, format), abort.signal);
      return true;
    } catch (error) {
      if (abort.signal.aborted) return false;
      throw explain(error, file);
    } finally {
      this.#abort = null;
      this.push.send('runs:exporting', null);
    }
  }

  cancel(): void {
    this.#abort?.abort();
  }

  *#parts(runs: readonly number[], format: ExportFormat): Generator<Buffer> {
    let told = performance.now();
    for (const { text, run } of exportParts(this.history, runs, format)) {
      yield Buffer.from(text, 'utf8');
      const now = performance.now();
      if (now - told < TELL_MILLISECONDS) continue;
      told = now;
      this.push.send('runs:exporting', { done: run, total: runs.length });
    }
  }
}

function explain(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (error instanceof UserError || code === undefined) return error;
  const [wrong, cure] = CANNOT_WRITE[code] ?? [`writing fails (${code})`, 'choose another place'];
  return new UserError('export-failed', `${file} could not be written: ${wrong}; ${cure}. Nothing was exported.`, {
    cause: error,
  });
}
