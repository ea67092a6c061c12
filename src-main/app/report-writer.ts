import { shell } from 'electron';
import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { writeReport, type ReportFormat, type ReportSubject } from '../actions/write-report.js';
import { UserError } from '../errors.js';
import type { ReadableHistory } from '../history/interface.js';
import type { SavedReport } from '../ipc/contract.js';
import type { Reports } from '../ipc/handler-context.js';
import type { Push } from '../ipc/push.js';
import type { TaskRunner } from '../jobs/task-runner.js';
import { FileWriting } from './file-writing.js';
import { printPage } from './print-page.js';

/** Writes reports for the window: one at once, told as it goes, which can be cancelled. */
export class ReportWriter implements Reports {
  readonly #writing = new FileWriting();
  /** What was saved, so that it can be shown: a path never comes from the page. */
  readonly #saved: string[] = [];

  constructor(
    private readonly history: ReadableHistory,
    private readonly tasks: Pick<TaskRunner, 'run'>,
    private readonly push: Pick<Push, 'send'>,
    private readonly version: string,
  ) {}

  /** @throws UserError `report-running`, and as `writeReport` */
  async write(subject: ReportSubject, chosen: string, format: ReportFormat): Promise<SavedReport | null> {
    if (this.writing !== null) throw new UserError('report-running', 'A report is being written: wait, or cancel it.');
    const file = extname(chosen).toLowerCase() === `.${format}` ? chosen : `${chosen}.${format}`;
    const say = (step: string, done: number): void => this.push.send('reports:writing', { step, done, total: STEPS });
    try {
      say('Reading the history', 0);
      return await this.#writing.run(file, async (signal) => {
        await writeReport(
          {
            history: this.history,
            version: this.version,
            evidence: (request) =>
              this.tasks.run(
                { name: 'report:evidence', ...request },
                { signal, onProgress: ({ step, done }) => say(step, done) },
              ),
            print: (page) => {
              say('Printing', STEPS - 1);
              return printPage(page, signal);
            },
          },
          subject,
          // the dialog has asked about the file that was chosen, and about no other
          { file, force: file === chosen || !existsSync(file), signal },
        );
        return { report: this.#saved.push(file), file };
      });
    } finally {
      this.push.send('reports:writing', null);
    }
  }

  /** The file that is being written; null: none. */
  get writing(): string | null {
    return this.#writing.file;
  }

  cancel(): void {
    this.#writing.cancel(cancelled());
  }

  stop(): Promise<void> {
    return this.#writing.stop(cancelled());
  }

  /** @param report as `write` numbered it  @throws UserError `report-gone` */
  show(report: number): void {
    const file = this.#saved[report - 1];
    if (file === undefined || !existsSync(file)) {
      throw new UserError('report-gone', `${file ?? 'The report'} is no longer there: save it again.`);
    }
    shell.showItemInFolder(file);
  }
}

const cancelled = (): UserError => new UserError('report-cancelled', 'The report was cancelled: nothing was written.');

/** Steps of a report of one model: three of its evidence, and printing. */
const STEPS = 4;
