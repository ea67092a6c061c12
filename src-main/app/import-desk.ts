import { basename, join, resolve } from 'node:path';
import { importDataset, parseImport } from '../actions/import-images.js';
import { UserError } from '../errors.js';
import type { WritableHistory } from '../history/interface.js';
import type {
  DatasetEntry,
  FolderChoices,
  FolderImport,
  ImportChoices,
  ImportPlace,
  ImportPlan,
  ImportPreview,
  ImportPreviewRequest,
  Inspection,
} from '../ipc/contract.js';
import type { DatasetList, ImageImports } from '../ipc/handler-context.js';
import type { Push } from '../ipc/push.js';
import type { TaskRunner } from '../jobs/task-runner.js';
import type { TaskRequest, TaskResult } from '../jobs/tasks.js';
import { FileWriting } from './file-writing.js';

/** What an import that was cancelled may take to remove what it has written, so that a cancel takes less than a second. */
const CLEAN_UP_MILLISECONDS = 800;

interface Chosen {
  readonly location: string;
  readonly table: string | null;
  /** Tables in the folder, relative to it. */
  readonly tables: readonly string[];
}

/** The import of images for the window: keeps which folder was chosen, answers one question at a time, and imports. */
export class ImportDesk implements ImageImports {
  readonly #writing = new FileWriting();
  #chosen: Chosen | null = null;
  #question: AbortController | null = null;

  constructor(
    private readonly history: WritableHistory,
    private readonly tasks: Pick<TaskRunner, 'run'>,
    private readonly datasets: Pick<DatasetList, 'added' | 'setFinding'>,
    private readonly push: Pick<Push, 'send'>,
  ) {}

  open(folder: string, table: string | null): Promise<ImportPlace> {
    return this.#look(resolve(folder), table === null ? null : resolve(table));
  }

  /** @throws UserError `import-no-folder`, `import-no-table` */
  async useTable(table: number | string | null): Promise<ImportPlace> {
    const { location, tables } = this.#folder;
    if (typeof table !== 'number') return this.#look(location, table);
    const inside = tables[table];
    if (inside === undefined) throw new UserError('import-no-table', 'The table is no longer in the folder.');
    return this.#look(location, join(location, inside));
  }

  async plan(choices: FolderChoices): Promise<ImportPlan | null> {
    const plan = await this.#ask({ name: 'import:plan', choices: this.#complete(choices) });
    return plan && { ...plan, inspection: withoutPlaces(plan.inspection) };
  }

  preview({ choices, ...request }: ImportPreviewRequest): Promise<ImportPreview | null> {
    return this.#ask({ name: 'import:preview', choices: this.#complete(choices), ...request });
  }

  /** @throws UserError `import-running`, and as `importDataset` */
  async run({ finding, choices, ...rest }: FolderImport): Promise<DatasetEntry | null> {
    if (this.importing !== null) {
      throw new UserError('import-running', 'Images are being imported already: wait, or cancel it.');
    }
    this.#question?.abort(cancelled());
    const wanted = parseImport({ ...rest, choices: this.#complete(choices) });
    const { history } = this;
    try {
      return await this.#writing.run(wanted.name, async (signal) => {
        const importImages = (asked: typeof wanted, path: string) =>
          this.tasks.run(
            { name: 'import:run', wanted: asked, path },
            {
              signal,
              cleanUp: CLEAN_UP_MILLISECONDS,
              onProgress: (progress) => this.push.send('import:progress', progress),
            },
          );
        const { entry } = await importDataset({ home: history.home, history, importImages }, wanted);
        if (finding !== null) this.datasets.setFinding(entry.id, entry.labels.indexOf(finding));
        return this.datasets.added(entry.id);
      });
    } finally {
      this.push.send('import:progress', null);
    }
  }

  /** The dataset that is being made; null: none. */
  get importing(): string | null {
    return this.#writing.file;
  }

  cancel(): void {
    this.#question?.abort(cancelled());
    this.#writing.cancel(cancelled());
  }

  stop(): Promise<void> {
    this.#question?.abort(cancelled());
    return this.#writing.stop(cancelled());
  }

  /** A folder that cannot be looked at leaves the one before chosen. */
  async #look(location: string, table: string | null): Promise<ImportPlace> {
    const inspection = await this.tasks.run({ name: 'import:inspect', location, table, reading: {} });
    this.#chosen = { location, table, tables: inspection.tables };
    return {
      folder: basename(location) || location,
      table: table === null ? null : basename(table),
      inspection: withoutPlaces(inspection),
    };
  }

  get #folder(): Chosen {
    if (this.#chosen === null) throw new UserError('import-no-folder', 'No folder was chosen yet: choose one first.');
    return this.#chosen;
  }

  #complete(choices: FolderChoices): ImportChoices {
    const { location, table } = this.#folder;
    return { ...choices, location, table };
  }

  /** Only the newest question is worth an answer. */
  async #ask<K extends 'import:plan' | 'import:preview'>(request: TaskRequest<K>): Promise<TaskResult<K> | null> {
    this.#question?.abort(cancelled());
    const question = new AbortController();
    this.#question = question;
    try {
      return await this.tasks.run(request, {
        signal: question.signal,
        onProgress: (progress) => this.#question === question && this.push.send('import:progress', progress),
      });
    } catch (error) {
      if (question.signal.aborted) return null;
      throw error;
    } finally {
      if (this.#question === question) {
        this.#question = null;
        this.push.send('import:progress', null);
      }
    }
  }
}

const cancelled = (): UserError => new UserError('import-stopped', 'The import was stopped. Nothing was kept.');

/** The page is told names alone. */
function withoutPlaces(inspection: Inspection): Inspection {
  const { table } = inspection;
  return table === null ? inspection : { ...inspection, table: { ...table, path: basename(table.path) } };
}
