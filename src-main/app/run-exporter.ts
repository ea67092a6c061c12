import { UserError } from '../errors.js';
import type { ExportFormat } from '../history/export.js';
import { exportToFile } from '../history/export-file.js';
import type { ReadableHistory } from '../history/interface.js';
import type { RunsExporter } from '../ipc/handler-context.js';
import type { Push } from '../ipc/push.js';
import { FileWriting } from './file-writing.js';

const PROGRESS_MILLISECONDS = 200;

/** Exports runs for the window: one export at once, sentAt as it goes, which can be cancelled. */
export class RunExporter implements RunsExporter {
  readonly #writing = new FileWriting();

  constructor(
    private readonly history: ReadableHistory,
    private readonly push: Pick<Push, 'send'>,
  ) {}

  /**
   * @returns false when it was cancelled; there is no file then, or the one that was there before
   * @throws UserError `export-running`, and as `exportToFile`
   */
  async export(file: string, runs: readonly number[], format: ExportFormat): Promise<boolean> {
    if (this.writing !== null) {
      throw new UserError('export-running', 'Runs are already being exported: wait, or cancel that export.');
    }
    let sentAt = performance.now();
    const onProgress = (done: number): void => {
      const now = performance.now();
      if (now - sentAt < PROGRESS_MILLISECONDS) return;
      sentAt = now;
      this.push.send('runs:exporting', { done, total: runs.length });
    };
    try {
      const written = await this.#writing.run(file, async (signal) => {
        await exportToFile(this.history, file, runs, format, { signal, onProgress });
        return true;
      });
      return written ?? false;
    } finally {
      this.push.send('runs:exporting', null);
    }
  }

  /** The file that is being written; null: none. */
  get writing(): string | null {
    return this.#writing.file;
  }

  cancel(): void {
    this.#writing.cancel();
  }

  stop(): Promise<void> {
    return this.#writing.stop();
  }
}
