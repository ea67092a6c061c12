import type { StudyEstimate } from '../actions/check-study.js';
import type { StudyChoices } from '../actions/create-study.js';
import type { FoundResults } from '../actions/study-results.js';
import type { ReportFormat, ReportSubject } from '../actions/write-report.js';
import type { BackendReport } from '../compute/backend.js';
import type { LabelDecision } from '../datasets/convert.js';
import type { UserError } from '../errors.js';
import type { StoredDataset, WritableHistory } from '../history/interface.js';
import type { RunQueue } from '../jobs/run-queue.js';
import type { TaskRunner } from '../jobs/task-runner.js';
import type { Preferences } from '../vocabulary/preferences.js';
import type {
  BundleSummary,
  CleanedDataset,
  DatasetEntry,
  DatasetHealthState,
  FolderChoices,
  FolderImport,
  ImportPlace,
  ImportPlan,
  ImportPreview,
  ImportPreviewRequest,
  PairPicture,
  RememberedView,
  RunSummary,
  SavedReport,
  StudyCheck,
  StudyEntry,
  StudyFigures,
  StudyTaskRow,
  WantedCopy,
} from './contract.js';
import type { Push } from './push.js';

/** What main asks the user in windows of its own; paths are chosen here and nowhere else. */
export interface Dialogs {
  /** Chosen `.npz` files or folders; empty when the dialog was closed. */
  chooseDatasets(what: 'files' | 'folder'): Promise<readonly string[]>;
  chooseImage(): Promise<string | null>;
  /** The file of a dataset that was moved, or a folder that holds it; null when the dialog was closed. */
  findDataset(what: 'file' | 'folder', name: string): Promise<string | null>;
  /** A folder of images, or the table of its images. */
  chooseImport(what: 'folder' | 'table'): Promise<string | null>;
  /** The JSON file of a study; null when the dialog was closed. */
  chooseStudy(): Promise<string | null>;
  chooseFolder(title: string, button: string): Promise<string | null>;
  chooseSaveFile(title: string, suggestion: string, extension: string): Promise<string | null>;
  /** What one-hot labels of a file mean; null: the file is not to be added. */
  chooseLabels(file: string): Promise<LabelDecision | null>;
  confirmDownload(name: string, bytes: number | null, host: string, licence: string): Promise<boolean>;
}

/** The catalogue and the files that the user added. */
export interface DatasetList {
  list(): DatasetEntry[];
  /** @throws UserError `dataset-unknown` */
  entry(id: string): DatasetEntry;
  /** The file of a dataset. @throws UserError `dataset-unknown`, `dataset-no-file` */
  file(id: string): StoredDataset;
  /** Checks files, and the `.npz` files of folders, and adds the good ones; says why the others were not. */
  add(
    paths: readonly string[],
    askLabels: (path: string) => Promise<LabelDecision | null>,
  ): Promise<{ readonly added: DatasetEntry[]; readonly refused: readonly UserError[] }>;
  /** Tells the windows of a dataset that was added to the history. */
  added(id: string): DatasetEntry;
  demo(): Promise<DatasetEntry>;
  remove(id: string): void;
  /** @throws UserError `dataset-unknown`, `dataset-no-file`, `finding-class` */
  setFinding(id: string, finding: number | null): DatasetEntry;
  /** @throws UserError `dataset-unknown`, `dataset-no-file`, as `nameDataset` */
  setNames(id: string, names: { readonly name: string; readonly labels: readonly string[] }): DatasetEntry;
  /** @throws UserError `dataset-unknown`, `dataset-no-file`, as `chooseMirroring` */
  setMirroring(id: string, horizontalFlip: boolean): DatasetEntry;
  download(id: string): Promise<void>;
  cancelDownload(id: string): void;
}

/** Writes verified bundles. */
export interface Exporter {
  /** @returns null when it was cancelled */
  export(model: number, folder: string): Promise<BundleSummary | null>;
  cancel(model: number): void;
}

/** Imports images of a folder; one folder at a time, whose place the page never learns. */
export interface ImageImports {
  /** Looks at a folder that the user chose. */
  open(folder: string, table: string | null): Promise<ImportPlace>;
  /** Looks at the folder with a table: that of this number among those in it, one elsewhere, or none. */
  useTable(table: number | string | null): Promise<ImportPlace>;
  /** @returns null when a newer question or a cancel has ended this one */
  plan(choices: FolderChoices): Promise<ImportPlan | null>;
  preview(request: ImportPreviewRequest): Promise<ImportPreview | null>;
  /** @returns null when it was cancelled */
  run(wanted: FolderImport): Promise<DatasetEntry | null>;
  cancel(): void;
}

/** Checks datasets and makes cleaned copies of them; each dataset does one of both at a time. */
export interface DatasetChecks {
  /** @throws UserError `dataset-unknown`, `dataset-no-file` */
  health(id: string): DatasetHealthState;
  /** @returns null when it was cancelled */
  check(id: string): Promise<DatasetHealthState | null>;
  /** @throws UserError `health-unchecked`, and what reading the dataset refuses */
  pairs(id: string, from: number, count: number): Promise<readonly PairPicture[]>;
  /** @returns null when it was cancelled */
  clean(id: string, wanted: WantedCopy): Promise<CleanedDataset | null>;
  stop(id: string): void;
}

/** Studies: their files, what they would take, going on with them, and what they have come to. */
export interface Studies {
  /** Whether tasks of a study compute now. */
  readonly computing: boolean;
  list(): Promise<StudyEntry[]>;
  tasks(study: string): StudyTaskRow[];
  /** Writes the file of a new study into the data folder. @throws UserError as `createStudy` */
  create(choices: StudyChoices): Promise<StudyEntry>;
  /** A file that the user chose. @throws UserError as `readStudy` */
  open(file: string): Promise<StudyEntry>;
  forget(study: string): void;
  /** @throws UserError `study-file-missing` */
  file(study: string): string;
  check(study: string): Promise<StudyCheck>;
  /** @returns null when it was cancelled */
  estimate(study: string): Promise<StudyEstimate | null>;
  cancelEstimate(): void;
  start(study: string): Promise<void>;
  /** Settles when its tasks have stopped. */
  pause(study: string): Promise<void>;
  cancel(study: string): Promise<void>;
  retry(study: string): Promise<void>;
  /** @throws UserError `study-unknown` */
  results(study: string): FoundResults;
  figures(study: string): Promise<StudyFigures>;
}

/** What answers the first questions of the page. */
export interface StartupData {
  readonly history: WritableHistory;
  readonly push: Push;
  readonly datasets: DatasetList;
  readonly version: string;
  readonly cores: number;
  readonly lastView: () => RememberedView | null;
  readonly preferences: () => Preferences;
  /** The newest runs and `wanted`, for a page that is going to be told the others and what changes from here on. */
  readonly newestRuns: (wanted: number | null) => RunSummary[];
  /** The window shows its first data and answers: the start has succeeded. */
  readonly shown: () => void;
}

/** Writes runs into a file that the user chose. */
export interface RunsExporter {
  /** @returns false when it was cancelled */
  export(file: string, runs: readonly number[], format: 'csv' | 'json'): Promise<boolean>;
  cancel(): void;
}

/** What becomes of a figure outside the window. */
export interface FigureOutlets {
  /**
   * A page of exactly the size of the figure, with its letters and lines as vectors.
   * @throws UserError `figure-too-large`
   */
  pdf(svg: string, width: number, height: number): Promise<Uint8Array>;
  /** Onto the clipboard. */
  copyPicture(png: Uint8Array): Promise<void>;
  copyText(text: string): Promise<void>;
}

/** Writes reports into files that the user chose. */
export interface Reports {
  /** @returns null when it was cancelled */
  write(subject: ReportSubject, file: string, format: ReportFormat): Promise<SavedReport | null>;
  cancel(): void;
  /** @throws UserError `report-gone` */
  show(report: number): void;
}

/** What the handlers work with. */
export interface HandlerContext extends StartupData {
  readonly queue: RunQueue;
  readonly tasks: TaskRunner;
  readonly dialogs: Dialogs;
  readonly exporter: Exporter;
  readonly runsExporter: RunsExporter;
  readonly figures: FigureOutlets;
  readonly reports: Reports;
  readonly imports: ImageImports;
  readonly checks: DatasetChecks;
  readonly studies: Studies;
  /** What can compute here, the graphics card of the window included. */
  readonly devices: () => Promise<readonly BackendReport[]>;
  readonly showFolder: (folder: string) => Promise<void>;
  readonly showTheme: (theme: Preferences['theme']) => void;
  /** Tells the windows that runs changed or are new. */
  readonly runsChanged: (runs: readonly number[]) => void;
  readonly runDeleted: (run: number) => void;
}
