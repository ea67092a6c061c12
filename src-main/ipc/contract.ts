import type { BudgetFields, BudgetReading } from '../actions/read-budget.js';
import type { CheckedStudy, StudyEstimate } from '../actions/check-study.js';
import type { StudyChoices } from '../actions/create-study.js';
import type { StudyEntry, StudyState, StudyTaskRow } from '../actions/study-list.js';
import type { ReportFormat, ReportSubject } from '../actions/write-report.js';
import type { DataFolder } from '../vocabulary/data-folder.js';
import type { VerifyReport } from '../vocabulary/verify-report.js';
import type { BackendReport } from '../compute/backend.js';
import type { Part, Task } from '../datasets/dataset.js';
import type { EpochRecord, JobEvent } from '../vocabulary/events.js';
import type { GpuFaultChoice } from '../vocabulary/backend.js';
import type { Budget } from '../vocabulary/budget.js';
import type { PaceEstimate } from '../jobs/tasks.js';
import type { RunNeeds } from '../jobs/run-needs.js';
import type { JobConfig, RetrainConfig, SearchConfig } from '../vocabulary/run-config.js';
import type {
  AccuracyDifference,
  CandidateSource,
  RaceCandidate,
  RaceSettings,
  RaceVerdict,
} from '../vocabulary/race.js';
import type { ImageImport, ImportPixels } from '../vocabulary/image-import.js';
import type { ImportChoices, ImportPlan, ImportProblem, Inspection, PreviewRow } from '../vocabulary/import-plan.js';
import type { ImportPreview, PreviewImage } from '../vocabulary/import-preview.js';
import type { JobResult, RetrainResult, SearchResult, TrainedModel } from '../vocabulary/results.js';
import type { Preferences } from '../vocabulary/preferences.js';
import type { PartMetrics } from '../vocabulary/metrics.js';
import type { ActivationMaps, Prediction } from '../vocabulary/prediction.js';
import type {
  Calibration,
  Decision,
  Diagnostics,
  Estimate,
  GroupFigures,
  GroupingFigures,
  PartDiagnostics,
  RocCorner,
} from '../vocabulary/diagnostics.js';
import type {
  Baseline,
  DatasetHealth,
  HealthFinding,
  OriginalsSummary,
  PairPicture,
  TwinCount,
  TwinPair,
} from '../vocabulary/dataset-health.js';
import type { DatasetIdentity } from '../vocabulary/dataset-identity.js';
import type { Cleaned } from '../vocabulary/dataset-manifest.js';
import type {
  DecidedAt,
  ImagePage,
  ImageQuestion,
  ImageSelection,
  Outcome,
  ShownImage,
  Twin,
} from '../vocabulary/image-page.js';
import type { Headline, HeadlineFigure } from '../vocabulary/headline.js';
import type { OperatingPoint, OperatingRule } from '../vocabulary/operating-point.js';
import type { Limit, Limits } from '../vocabulary/limits.js';
import type { BundleSummary, ModelSummary, RecipeSummary, Timing } from '../vocabulary/model.js';
import type { FrontQuestion, ModelFront } from '../vocabulary/model-front.js';
import type { ModelComparison, PairedFigure } from '../vocabulary/model-comparison.js';
import type { RunDetails, RunKind, RunState, RunSummary } from '../vocabulary/run.js';
import type { ResultTable } from '../studies/results-tables.js';
import type { StudyFigures } from '../vocabulary/study-figures.js';
import type { Trace, TraceDescription, TraceSeries, TraceTable } from '../vocabulary/trace.js';
import type {
  Genotype,
  GenotypeOperation,
  GenotypeStage,
  KernelSize,
  Operation,
  SpaceSettings,
} from '../vocabulary/space.js';

/**
 * Every channel between the window and the main process, as one map from name to function signature.
 * `handle` in main and `invoke` in preload are derived from it; a test checks that each channel has exactly one handler.
 * Paths never come from the renderer: main opens the dialog, or the preload script has them of files that were dropped. The renderer imports types from here and from nowhere else.
 */
export interface InvokeChannels {
  'datasets:list': () => DatasetEntry[];
  'datasets:details': (id: string) => DatasetDetails;
  /** Opens a file dialog; null when the user closes it. Errors of the file are thrown with their message. */
  'datasets:add': () => DatasetEntry[] | null;
  'datasets:remove': (id: string) => void;
  /** Says which class is the finding (null: none), for all models of files with this content. */
  'datasets:finding': (id: string, finding: number | null) => DatasetEntry;
  /** Names a dataset of the user's and its classes, for files with this content; for runs from now on. */
  'datasets:name': (id: string, names: { readonly name: string; readonly labels: readonly string[] }) => DatasetEntry;
  /** Says whether training mirrors its images. */
  'datasets:mirroring': (id: string, horizontalFlip: boolean) => DatasetEntry;
  /** Draws the procedural demo dataset into the home folder if it is not there. */
  'datasets:demo': () => DatasetEntry;
  /** Downloads a set of the catalogue (asks main's permission dialog first); progress by `datasets:changed`. */
  'datasets:download': (catalogueId: string) => void;
  'datasets:cancelDownload': (catalogueId: string) => void;
  /** What is remembered of the health of a dataset. */
  'datasets:health': (id: string) => DatasetHealthState;
  /** Looks at all images of a dataset anew; progress by `datasets:working`. Null when it was cancelled. */
  'datasets:check': (id: string) => DatasetHealthState | null;
  /** Pictures of the pairs of its report, from a position on. */
  'datasets:pairs': (id: string, from: number, count: number) => readonly PairPicture[];
  /** Makes a cleaned copy in the data folder; progress by `datasets:working`. Null when it was cancelled: nothing of it is left. */
  'datasets:clean': (id: string, wanted: WantedCopy) => CleanedDataset | null;
  /** Ends the check or the copying of a dataset. */
  'datasets:stop': (id: string) => void;

  /** Opens a folder dialog and looks at the folder, whose images are the next to be imported; null when the user closes it. */
  'import:folder': () => ImportPlace | null;
  /** The table of the images: one that lies in the folder, by its number; a file that the user chooses; none. Null as above. */
  'import:table': (table: number | 'file' | null) => ImportPlace | null;
  /** What would become of the folder; null when a newer question or a cancel has ended this one, here and below. */
  'import:plan': (choices: FolderChoices) => ImportPlan | null;
  /** Pictures of a few images and of the pixels that they would become; progress by `import:progress`. */
  'import:preview': (request: ImportPreviewRequest) => ImportPreview | null;
  /** Imports the images; progress by `import:progress`. Null when it was cancelled, and nothing of it is left then. */
  'import:run': (wanted: FolderImport) => DatasetEntry | null;
  'import:cancel': () => void;

  /** Smallest and largest parameter count that the space can reach. */
  'search:range': (space: SpaceSettings) => Budget;
  /** What two fields of a budget mean, and whether a network of the space is inside. */
  'search:budget': (space: SpaceSettings, fields: BudgetFields) => BudgetReading;
  /** Measures a few steps and estimates the seconds of the whole search. */
  'search:estimate': (request: SearchRequest) => SearchEstimate;
  /** What can search, the default first; a published form has an entry of its own. */
  'search:methods': () => SearchMethodEntry[];
  'search:start': (request: SearchRequest) => number;
  /** Measures a few steps of exactly this retraining and estimates the seconds of all its networks. */
  'retrain:estimate': (request: RetrainRequest) => RetrainEstimate;
  'retrain:start': (request: RetrainRequest) => number;

  'runs:list': () => RunSummary[];
  'runs:details': (run: number) => RunDetails;
  /** Epochs after a position: 0 for all. */
  'runs:epochs': (run: number, after: number) => RunEpochs;
  'runs:pause': (run: number) => void;
  'runs:resume': (run: number) => void;
  'runs:cancel': (run: number) => void;
  'runs:delete': (run: number) => void;
  /** Starts a run with the settings of another; its number. */
  'runs:repeat': (run: number) => number;
  'runs:rename': (run: number, name: string) => void;
  'runs:note': (run: number, note: string) => void;
  'runs:tag': (run: number, tags: readonly string[]) => void;
  /** New order of the queued runs. */
  'runs:reorder': (queued: readonly number[]) => void;
  /** Opens a save dialog; false when the user closes it or cancels the export. */
  'runs:export': (runs: readonly number[], format: 'csv' | 'json') => boolean;
  'runs:cancelExport': () => void;
  'runs:log': (run: number) => string;
  /** Path of the run's dataset file when it is not there, null when it is. */
  'runs:missingDataset': (run: number) => string | null;
  /** Asks for the file, or for a folder to search, and tells the run where its dataset is; null when the dialog was closed. */
  'runs:findDataset': (
    run: number,
    place: 'file' | 'folder',
  ) => { readonly path: string; readonly runs: readonly number[] } | null;

  'models:list': () => ModelSummary[];
  'models:details': (model: number) => ModelDetails;
  /** Headline, ROC with operating point, calibration and confusion. A model of an earlier version says how to get them. */
  'models:diagnostics': (model: number) => ModelDiagnostics;
  /** Chooses where the model decides for the finding, on the validation part, and keeps it; null: none any more. */
  'models:operatingPoint': (model: number, wanted: WantedOperatingPoint | null) => ModelDiagnostics;
  /** Measures a model again, so that its diagnostics are known. */
  'models:evaluate': (model: number) => ModelDiagnostics;
  /** A page of the images behind a figure, with pictures and class activation maps. Ends the reading of the page before. */
  'models:images': (model: number, question: ImageQuestion) => ImagePage | DatasetProblem;
  'models:cancelImages': () => void;
  /** Paired differences of two models of one dataset file: first minus second. */
  'models:compare': (first: number, second: number) => ModelComparison;
  /** Where models of one dataset file stand among each other; only the answer to the last question comes. */
  'models:front': (question: FrontQuestion) => ModelFront;
  /** What always saying the most frequent class reaches on the test part of a file; null where no model kept its predictions. */
  'models:majority': (sha256: string) => MajorityVote | null;
  /** Measures how long an image takes in each model, with one thread a core; false when it was cancelled. */
  'models:time': (models: readonly number[]) => boolean;
  'models:cancelTiming': () => void;
  /** Opens a folder dialog, writes the verified bundle; null when the user closes it. */
  'models:export': (model: number) => BundleSummary | null;
  /** Stops a running export; nothing is left under the final name and the pending `models:export` resolves to null. */
  'models:cancelExport': (model: number) => void;
  /** Opens an image dialog and classifies the chosen image; null when the user closes it. */
  'models:predict': (model: number) => Prediction | null;

  'studies:list': () => StudyEntry[];
  /** Every task of the last plan; none before a study was started. */
  'studies:tasks': (study: string) => StudyTaskRow[];
  /** Writes the file of a new study into the data folder. */
  'studies:create': (wanted: NewStudy) => StudyEntry;
  /** Opens a file dialog; null when the user closes it. */
  'studies:open': () => StudyEntry | null;
  /** Takes a study of which nothing was started out of the list. */
  'studies:forget': (study: string) => void;
  /** Shows the file of a study in its folder. */
  'studies:showFile': (study: string) => void;
  'studies:check': (study: string) => StudyCheck;
  /** Measures a few steps of each kind of task; progress by `studies:estimating`. Null when it was cancelled. */
  'studies:estimate': (study: string) => StudyEstimate | null;
  'studies:cancelEstimate': () => void;
  /** Runs what is left, in turns with the queue. */
  'studies:start': (study: string) => void;
  'studies:pause': (study: string) => void;
  'studies:cancel': (study: string) => void;
  /** Tasks that failed or were cancelled try again, and the study goes on. */
  'studies:retry': (study: string) => void;
  'studies:tables': (study: string) => readonly ResultTable[];
  'studies:figures': (study: string) => StudyFigures;
  /** Opens a save dialog and writes the tables, or a line for each task; the file, or null when the user closes the dialog. */
  'studies:save': (study: string, format: StudyFormat) => string | null;

  /** Opens a save dialog and writes the figure; the name of the file, or null when the user closes the dialog. */
  'figures:save': (figure: FigureFile) => string | null;
  /** Puts the picture or the data of a figure on the clipboard. */
  'figures:copy': (figure: FigureCopy) => void;

  /** Opens a save dialog and writes a report; null when the user closes it or cancels the report. */
  'reports:save': (subject: ReportSubject, format: ReportFormat) => SavedReport | null;
  'reports:cancel': () => void;
  /** Shows a saved report in its folder. */
  'reports:show': (report: number) => void;
  /**
   * Takes files that were dropped: adds datasets, verifies a bundle, classifies an image with the model that is shown. Only the
   * preload script calls it, by `receive`.
   */
  'files:receive': (paths: readonly string[], model: number | null) => ReceivedFiles;

  'devices:list': () => BackendReport[];
  'app:state': () => AppState;
  /** The page shows its first data and answers: the start has succeeded, and the page is told the runs that are still missing. */
  'app:shown': () => void;
  /** What the user prefers from now on; the theme is shown at once. */
  'app:prefer': (preferences: Preferences) => void;
  /** Measures the data folder. */
  'app:dataFolder': () => DataFolder;
  /** What the user last did, so that the next start opens on it. */
  'app:remember': (view: RememberedView) => void;
  'app:showFolder': (what: { run: number } | { bundle: number } | { home: true }) => void;
}

/** What always saying the most frequent class of the training part reaches. */
export type MajorityVote = PartDiagnostics['majority'];

/** The numbers behind a figure. */
export interface FigureTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** A figure in the format that it is saved in; lengths in CSS pixels. */
export type FigureFile = { readonly name: string } & (
  | { readonly format: 'svg' | 'pdf'; readonly svg: string; readonly width: number; readonly height: number }
  | { readonly format: 'png'; readonly png: Uint8Array }
  | { readonly format: 'csv'; readonly table: FigureTable }
);
export type FigureCopy = { readonly png: Uint8Array } | { readonly table: FigureTable };

export interface ExportProgress {
  readonly step: string;
  readonly done: number;
  readonly total: number;
}

/** Pushed by main to every window. */
export interface PushChannels {
  /** The runs that changed or are new; the renderer merges them by number. */
  'runs:changed': readonly RunSummary[];
  'runs:deleted': readonly number[];
  /** While `runs:export` runs: runs that are written, of all; null when it has ended. */
  'runs:exporting': { readonly done: number; readonly total: number } | null;
  /** Batched: at most 10 a second. */
  'jobs:events': readonly { run: number; event: WindowEvent }[];
  /**
   * Up to which position the history has epochs of a run now; what lies after one's own is asked for with `runs:epochs`.
   * `again`: what was there before is not what is there now, so all is asked for. Batched as events are.
   */
  'epochs:written': readonly { readonly run: number; readonly position: number; readonly again: boolean }[];
  /** The whole list. */
  'datasets:changed': readonly DatasetEntry[];
  /** The whole list. */
  'models:changed': readonly ModelSummary[];
  /** While `models:export` runs: what it does now, and how far it is (images checked of all); null when it has ended, however. */
  'models:exporting': { readonly model: number; readonly progress: ExportProgress | null };
  /** While `models:images` runs; null when it has ended. */
  'models:reading': ExportProgress | null;
  /** While `models:time` runs: models that are measured, of all; null when it has ended. */
  'models:timing': { readonly done: number; readonly total: number } | null;
  /** While a dataset is checked or a cleaned copy of it is made; null when that has ended, however. */
  'datasets:working': { readonly dataset: string; readonly progress: ExportProgress | null };
  /** While images are looked at or imported; null when it has ended, however. */
  'import:progress': ExportProgress | null;
  /** Studies that stand otherwise than before, or are new; the page merges them by name. */
  'studies:changed': readonly StudyEntry[];
  /** While `studies:estimate` runs; null when it has ended, however. */
  'studies:estimating': { readonly study: string; readonly progress: ExportProgress | null };
  /** While a report is made: what is done now; null when it has ended, however. */
  'reports:writing': ExportProgress | null;
  'app:menu': MenuCommand;
  'app:problem': { readonly title: string; readonly message: string };
}

/** What a study is going to do, and what is wrong with it. */
export interface StudyCheck extends CheckedStudy {
  /** Tasks that are finished already. */
  readonly finished: number;
}

/** A study of the dialog; null is the default of a field. */
export interface NewStudy extends Omit<StudyChoices, 'datasets'> {
  /** Ids. */
  readonly datasets: readonly string[];
}

/** `csv` has a line for each task, the others have the tables. */
export type StudyFormat = 'csv' | 'tex' | 'md';

export type MenuCommand =
  | 'go:datasets'
  | 'go:search'
  | 'go:history'
  | 'go:models'
  | 'go:studies'
  | 'dataset:add'
  | 'dataset:import'
  | 'search:new'
  | 'find'
  | 'palette'
  | 'settings'
  | 'guide'
  | 'shortcuts';

/** The frozen object that preload puts on `window.medforge`. */
export interface MedForgeApi {
  invoke<K extends Exclude<keyof InvokeChannels, 'files:receive'>>(
    channel: K,
    ...args: Parameters<InvokeChannels[K]>
  ): Promise<ReturnType<InvokeChannels[K]>>;
  /** Hands files that were dropped to main; the page never learns their paths. @param model that an image is tried on */
  receive(files: readonly File[], model: number | null): Promise<ReceivedFiles>;
  /** Returns the function that stops listening. */
  listen<K extends keyof PushChannels>(channel: K, listener: (payload: PushChannels[K]) => void): () => void;
}

export interface DatasetEntry {
  /** Catalogue id, or `file:<sha256>` for a file outside the catalogue. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly task: Task;
  readonly labels: readonly string[];
  readonly channels: number;
  readonly samples: { readonly [part in Part]: number };
  readonly licence: string | null;
  readonly synthetic: boolean;
  /** The user names it and its classes and says whether it is mirrored: it is none of the catalogue's. */
  readonly own: boolean;
  /** Whether training mirrors its images left to right. */
  readonly horizontalFlip: boolean;
  /** Number of the class that is looked for; null: none is named. */
  readonly finding: number | null;
  /** Where the file is; null when it is only in the catalogue. */
  readonly file: {
    readonly name: string;
    readonly bytes: number;
    readonly size: number;
    /** How often the stem of a network for its images halves the resolution. */
    readonly stemHalvings: number;
    readonly identity: DatasetIdentity;
    /** What it is, as the end of "This is …". */
    readonly identityText: string;
  } | null;
  readonly download: { readonly received: number; readonly total: number } | null;
}

/** A folder that can be imported, by its name: main keeps where it is. */
export interface ImportPlace {
  readonly folder: string;
  /** Name of the table; null: none. */
  readonly table: string | null;
  readonly inspection: Inspection;
}

/** Choices of an import without its paths. */
export type FolderChoices = Omit<ImportChoices, 'location' | 'table'>;

export interface ImportPreviewRequest {
  readonly choices: FolderChoices;
  readonly pixels: ImportPixels;
  /** Images to show. */
  readonly count: number;
  /** Look at all images, as the import does; else at those that are shown alone. */
  readonly whole: boolean;
}

export interface FolderImport extends Omit<ImageImport, 'choices'> {
  readonly choices: FolderChoices;
  /** Name of the class that is looked for; null: none. */
  readonly finding: string | null;
}

export interface DatasetDetails {
  readonly entry: DatasetEntry;
  /** The file has other contents than those that were added to the list. */
  readonly changed: boolean;
  /** What a person should know of it before using it, a sentence each. */
  readonly notes: readonly string[];
  /** Images per class and part: [class][part], parts in the order train, val, test. */
  readonly balance: readonly (readonly number[])[];
  /** A few images of each class, as PNG data URLs. */
  readonly samples: readonly { readonly label: string; readonly images: readonly string[] }[];
}

export interface DatasetHealthState {
  /** Of the contents that were added to the list, with the time at which it was made; null until they are checked. */
  readonly kept: { readonly report: DatasetHealth; readonly checkedAt: string } | null;
  /** When other contents were checked that lay in the same file before; null: never. */
  readonly formerlyCheckedAt: string | null;
}

/** A cleaned copy that is to be made. */
export interface WantedCopy {
  readonly name: string;
  /** Training and validation images with a twin in the test part. */
  readonly trainingTwins: boolean;
  /** Test images that have a twin in the training or validation part which is labelled otherwise. */
  readonly conflictingTest: boolean;
}

export interface CleanedDataset {
  readonly entry: DatasetEntry;
  readonly cleaned: Cleaned;
}

export interface SearchRequest {
  readonly dataset: string;
  readonly name?: string;
  readonly budget: Budget;
  /** null = the default for the dataset. */
  readonly epochs: number | null;
  /** null = the default for the dataset. */
  readonly batch: number | null;
  readonly channels: number;
  readonly cells: number;
  readonly seed: number;
  readonly backend: SearchConfig['backend'];
  readonly threads: number;
  /** Default: stop. */
  readonly onGpuFault?: GpuFaultChoice;
  readonly method: string;
  /** The method's own settings; what is missing has the method's default. */
  readonly settings: SearchConfig['settings'];
  /** null = no race; what is missing has its default. */
  readonly race: { readonly [setting in keyof RaceSettings]?: RaceSettings[setting] } | null;
}

/** A search method with settings to choose at once. */
export interface SearchMethodEntry {
  readonly method: string;
  readonly label: string;
  readonly settings: SearchConfig['settings'];
  /** The published form, which ends without a race. */
  readonly published: boolean;
}

/** With the race. */
export interface SearchEstimate extends PaceEstimate {
  readonly epochs: number;
  readonly batch: number;
}

export interface RetrainRequest {
  /** A finished search whose genotype is trained. */
  readonly run: number;
  readonly name?: string;
  readonly epochs: number;
  readonly batch: number | null;
  readonly seeds: readonly number[];
  readonly movingAverage: number | null;
  readonly classWeighting: boolean;
  readonly selection: RetrainConfig['selection'];
  readonly backend?: RetrainConfig['backend'];
  readonly threads?: number;
  /** Default: stop. */
  readonly onGpuFault?: GpuFaultChoice;
}

/** Of all networks. */
export interface RetrainEstimate extends PaceEstimate {
  readonly batch: number;
}

/** What a job says, but for its epochs: those are read from the history. */
export type WindowEvent = Exclude<JobEvent, { readonly type: 'epoch' }>;

export interface RunEpochs {
  /** Of the last epoch: its number, for a retraining over all seeds. */
  readonly position: number;
  readonly epochs: readonly EpochRecord[];
  /** What the search method told of these epochs. */
  readonly traces: readonly Trace[];
}

export interface ModelDetails {
  readonly summary: ModelSummary;
  readonly result: TrainedModel;
  readonly genotype: Genotype;
  readonly labels: readonly string[];
}

/** The file of the dataset is not there or has other contents: `runs:findDataset` tells where it is. */
export interface DatasetProblem {
  readonly problem: string;
}

/** All figures of a model, and what of them is to be seen first. */
export type ModelDiagnostics = Diagnostics & { readonly headline: Headline };

/** A report that was written, numbered by this program since its start. */
export interface SavedReport {
  readonly report: number;
  readonly file: string;
}

/** A rule, or a threshold of one's own. */
export type WantedOperatingPoint =
  Exclude<OperatingRule, { readonly rule: 'threshold' }> | { readonly rule: 'threshold'; readonly threshold: number };

export interface AppState {
  readonly version: string;
  readonly home: string;
  readonly cores: number;
  /** What may be set. */
  readonly limits: Limits;
  /** What a race does unless it is told otherwise. */
  readonly raceDefaults: RaceSettings;
  readonly preferences: Preferences;
  readonly lastView: RememberedView | null;
  /** The newest runs, those under way and that of `lastView`; the others follow as `runs:changed` after `app:shown`. */
  readonly runs: readonly RunSummary[];
  readonly datasets: readonly DatasetEntry[];
  readonly models: readonly ModelSummary[];
}

/** What became of files that were dropped. */
export type ReceivedFiles =
  | { readonly kind: 'datasets'; readonly entries: readonly DatasetEntry[] }
  /** A folder of images, and a table if one was dropped with it. */
  | { readonly kind: 'import'; readonly place: ImportPlace }
  | { readonly kind: 'bundle'; readonly report: VerifyReport }
  | { readonly kind: 'image'; readonly model: number; readonly prediction: Prediction };

export interface RememberedView {
  readonly place: 'datasets' | 'search' | 'history' | 'models' | 'studies';
  readonly run: number | null;
}

export type {
  AccuracyDifference,
  ActivationMaps,
  BackendReport,
  Baseline,
  Budget,
  BudgetFields,
  BudgetReading,
  BundleSummary,
  Calibration,
  CandidateSource,
  Cleaned,
  DatasetHealth,
  DecidedAt,
  DataFolder,
  Decision,
  Diagnostics,
  EpochRecord,
  Estimate,
  Genotype,
  GenotypeOperation,
  GenotypeStage,
  ImageImport,
  ImagePage,
  ImageQuestion,
  ImageSelection,
  ImportChoices,
  ImportPixels,
  ImportPlan,
  ImportPreview,
  ImportProblem,
  Inspection,
  Headline,
  HeadlineFigure,
  HealthFinding,
  JobConfig,
  JobEvent,
  JobResult,
  KernelSize,
  Limit,
  Limits,
  FrontQuestion,
  ModelFront,
  ModelComparison,
  ModelSummary,
  Operation,
  OperatingPoint,
  OperatingRule,
  OriginalsSummary,
  Outcome,
  Part,
  PairedFigure,
  PairPicture,
  GroupFigures,
  GroupingFigures,
  PartDiagnostics,
  PartMetrics,
  Preferences,
  PreviewImage,
  PreviewRow,
  Prediction,
  RaceCandidate,
  RaceSettings,
  RaceVerdict,
  RecipeSummary,
  ReportFormat,
  ReportSubject,
  RetrainConfig,
  RunNeeds,
  RetrainResult,
  RocCorner,
  RunDetails,
  RunKind,
  RunState,
  RunSummary,
  SearchConfig,
  SearchResult,
  ShownImage,
  SpaceSettings,
  ResultTable,
  StudyEntry,
  StudyEstimate,
  StudyFigures,
  StudyState,
  StudyTaskRow,
  Task,
  Timing,
  Trace,
  TraceDescription,
  TraceSeries,
  TraceTable,
  TrainedModel,
  Twin,
  TwinCount,
  TwinPair,
};
