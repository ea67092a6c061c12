import type { WritableHistory } from '../history/interface.js';
import type { RunQueue } from '../jobs/host-queue.js';
import type { TaskRunner } from '../jobs/host-task.js';
import type { RememberedView } from './contract.js';
import type { DatasetShelf } from './dataset-shelf.js';
import type { ModelExporter } from './model-exporter.js';
import type { Push } from './push.js';

/** What main asks the user in windows of its own; paths are chosen here and nowhere else. */
export interface Dialogs {
  /** Chosen `.npz` files or folders; empty when the dialog was closed. */
  chooseDatasets(what: 'files' | 'folder'): Promise<readonly string[]>;
  chooseImage(): Promise<string | null>;
  chooseFolder(title: string, button: string): Promise<string | null>;
  chooseSaveFile(title: string, suggestion: string, extension: string): Promise<string | null>;
  confirmDownload(name: string, bytes: number | null, host: string, licence: string): Promise<boolean>;
}

/** What the handlers work with. */
export interface Desk {
  readonly history: WritableHistory;
  readonly queue: RunQueue;
  readonly tasks: TaskRunner;
  readonly push: Push;
  readonly dialogs: Dialogs;
  readonly shelf: DatasetShelf;
  readonly exporter: ModelExporter;
  readonly version: string;
  readonly cores: number;
  readonly lastView: () => RememberedView | null;
  readonly showFolder: (folder: string) => void;
  /** The window has its first data: the start has succeeded. */
  readonly started: () => void;
  /** Tells the windows that runs changed or are new. */
  readonly runsChanged: (runs: readonly number[]) => void;
  readonly runDeleted: (run: number) => void;
}
