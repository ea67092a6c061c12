import type { ConfirmCopy } from './backups.js';
import type { Task } from '../datasets/dataset.js';
import type { DatasetHealth } from '../vocabulary/dataset-health.js';
import type { EpochRecord, JobError, JobEvent } from '../vocabulary/events.js';
import type { JobConfig } from '../vocabulary/run-config.js';
import type { JobResult, TrainedModel } from '../vocabulary/results.js';
import type { ModelSummary, Timing } from '../vocabulary/model.js';
import type { OperatingPoint } from '../vocabulary/operating-point.js';
import type { RunDetails, RunKind, RunState, RunSummary } from '../vocabulary/run.js';
import type { ProcessIdentity } from '../process-identity.js';
import type { StudyTask, StudyTaskState } from '../vocabulary/study.js';
import type { Trace, TraceDescription } from '../vocabulary/trace.js';
import type { Genotype } from '../vocabulary/space.js';

/** A run as the history keeps it. */
export interface RunRecord extends RunDetails {
  readonly startedAt: string | null;
  /** Why the run is paused or interrupted, null otherwise. */
  readonly reason: string | null;
  readonly error: JobError | null;
  /** File name of the newest checkpoint that the history was told of. */
  readonly checkpoint: string | null;
  /** The process that runs it while it is running. */
  readonly owner: ProcessIdentity | null;
}

/** Which runs `listRuns` gives, newest first. Every field narrows further. */
export interface RunFilter {
  readonly runs?: readonly number[];
  readonly states?: readonly RunState[];
  readonly kind?: RunKind;
  /** Name of the dataset. */
  readonly dataset?: string;
  readonly tag?: string;
  /** Part of the name, the note or the dataset's name; case does not matter. */
  readonly text?: string;
  readonly limit?: number;
}

export interface RunOptions {
  /** Default: `<kind> <dataset> <run>`. */
  readonly name?: string | undefined;
  /** Default: what the datasets table says of a file with this SHA-256, else false. */
  readonly synthetic?: boolean;
  /** True: the window's queue may start it. Default false: whoever creates it starts it. */
  readonly queue?: boolean;
  /** How long it will take, where that was measured. Default null. */
  readonly secondsLeft?: number | null;
  /** The task of a study that gets the run, which must wait for one. Default: none. */
  readonly task?: TaskOfRun | undefined;
}

/** A task by the name of its study and its key. */
export interface TaskOfRun {
  readonly study: string;
  readonly key: string;
}

/** A task of a study as the history keeps it. */
export interface StoredStudyTask extends StudyTask {
  readonly state: StudyTaskState;
  /** Why it is in its state, where that is not plain; null otherwise. */
  readonly reason: string | null;
  /** Null until it has one, and when that was deleted. */
  readonly run: number | null;
  /** How often its run was started or resumed. */
  readonly attempts: number;
  /** Attempts in a row that ended by themselves without a new epoch. */
  readonly fruitless: number;
  /** Epochs of its run when it was started last. */
  readonly epoch: number;
}

/** A study of the history. */
export interface StoredStudy {
  readonly name: string;
  readonly createdAt: string;
  /** The living process that goes on with it; null where none does. */
  readonly owner: ProcessIdentity | null;
  /** The process that went on with it is gone without having said so: it was killed, or the power failed. */
  readonly abandoned: boolean;
}

export interface StudyTaskChange {
  readonly state: StudyTaskState;
  readonly reason?: string | null;
  /** The task forgets its run, which stays in the history. Default false. */
  readonly releasesRun?: boolean;
}

/** A run that is computed on a cluster, from the intent to give it to Slurm until its end. */
export interface ClusterJob {
  readonly run: number;
  /** That this computer and the nodes share; the run's own is `<folder>/runs/<run>`. */
  readonly folder: string;
  /** In the comment of the job: what finds it again when its number was not heard. */
  readonly token: string;
  /** Slurm's number; null until it was heard. */
  readonly job: string | null;
  /** What Slurm last said of it: state, and reason where it gives one. */
  readonly said: string | null;
  /** Since when Slurm answers without knowing it; null while it does. ISO 8601. */
  readonly unknownSince: string | null;
  readonly submissions: number;
  /** Jobs in a row that ended without a new checkpoint. */
  readonly fruitless: number;
  /** Number of the newest checkpoint when it was submitted last, 0 without one. */
  readonly checkpoint: number;
}
export type ClusterJobChange = Partial<Omit<ClusterJob, 'run' | 'folder'>>;

/** What goes with an epoch into the history. */
export interface EpochContext {
  /** File name of the checkpoint that ends the epoch. */
  readonly checkpoint: string;
  /** Running time of the run so far, over all resumes; null leaves it as it is. */
  readonly seconds: number | null;
  readonly secondsLeft: number | null;
}

/** An event of a run that is in the history now. */
export interface TakenEvent {
  readonly event: JobEvent;
  /** When the process that computes said it, ISO 8601. */
  readonly at: string;
}

/** What goes with an event of which no log tells, because it could not be written there. */
export interface UnloggedContext {
  /** Whether the process has come to computing. */
  readonly started: boolean;
  /** Running time of the run so far, over all attempts. */
  readonly seconds: number;
}

/** An architecture that was drawn or chosen from a search. */
export interface NewArchitecture {
  readonly source: 'result' | 'argmax' | 'sample';
  readonly genotype: Genotype;
  readonly parameters: number;
  readonly multiplyAccumulates: number;
  /** Natural logarithm of its probability, null when unknown. */
  readonly logProbability: number | null;
  /** Seed of the draw, null when not drawn. */
  readonly seed: number | null;
}

export type NewSample = Omit<NewArchitecture, 'source' | 'seed'>;

export interface StoredArchitecture extends NewArchitecture {
  readonly architecture: number;
  readonly run: number;
  readonly createdAt: string;
}

export interface ModelRecord {
  readonly summary: ModelSummary;
  readonly result: TrainedModel;
  readonly genotype: Genotype;
  /** Absolute path of the weights. */
  readonly file: string;
}

/** A dataset file that the user added. */
export interface StoredDataset {
  /** Catalogue id with the size of the images unless it is 28 (`breastmnist_64`), or `file:<sha256>` of every other content. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Whether a file with the contents of a catalogue set is that file byte for byte; null for a file outside the catalogue. */
  readonly md5Matches: boolean | null;
  readonly task: Task;
  readonly labels: readonly string[];
  readonly channels: 1 | 3;
  /** Height and width of an image. */
  readonly size: number;
  readonly samples: { readonly train: number; readonly val: number; readonly test: number };
  readonly licence: string | null;
  readonly synthetic: boolean;
  /** Whether training may mirror its images, unless the user says otherwise. */
  readonly horizontalFlip: boolean;
}

/** What the user said of a dataset file; null where they said nothing and the file's own counts. */
export interface DatasetChoices {
  readonly name: string | null;
  /** In class order. */
  readonly labels: readonly string[] | null;
  readonly horizontalFlip: boolean | null;
}

/** The class that a dataset is searched for, as the user chose it. */
export interface ChosenFinding {
  /** From 0; null: none of the classes is a finding. */
  readonly class: number | null;
}

/** A health report with the time at which it was made, ISO 8601. */
export interface KeptHealth {
  readonly report: DatasetHealth;
  readonly checkedAt: string;
}

/** Keys of the settings table and what they hold. */
export type SettingKey = 'view' | 'window' | 'preferences' | 'studies';

/** What a run is asked to do by another process. */
export type ControlRequest = 'pause' | 'cancel';

export interface ReadableHistory {
  readonly home: string;
  /** `<home>/medforge.db`. */
  readonly file: string;
  listRuns(filter?: RunFilter): RunSummary[];
  /** @throws UserError `run-unknown` */
  getRun(run: number): RunRecord;
  findRun(run: number): RunRecord | null;
  /** Epochs after the first `since` ones, in order. For a search, those with a number above `since`. */
  epochs(run: number, since?: number): EpochRecord[];
  /** What the search method told of the epochs above `since`. */
  traces(run: number, since?: number): Trace[];
  architectures(run: number): StoredArchitecture[];
  /** @throws UserError `architecture-unknown` */
  getArchitecture(architecture: number): StoredArchitecture;
  /** All models, or those of one retraining, newest first. */
  listModels(run?: number): ModelSummary[];
  /** Files of all networks that were measured on the dataset file of this content, by model. */
  modelFiles(sha256: string): ReadonlyMap<number, string>;
  /** @throws UserError `model-unknown` */
  getModel(model: number): ModelRecord;
  listDatasets(): StoredDataset[];
  findDataset(id: string): StoredDataset | null;
  /** What the user said of a dataset file with this content; null where nobody said anything. */
  chosenFinding(sha256: string): ChosenFinding | null;
  /** Names and mirroring that the user chose for files with this content; null where nobody chose anything. */
  datasetChoices(sha256: string): DatasetChoices | null;
  /** The health report of the dataset file with this content; null until it is checked, and after an update that looks for more. */
  datasetHealth(sha256: string): KeptHealth | null;
  /** Where the model decides for the finding; null until somebody chose it. */
  operatingPoint(model: number): OperatingPoint | null;
  /** All studies, the newest first. */
  listStudies(): StoredStudy[];
  /** Tasks of the last plan of a study, in its order; null when there is no such study. */
  studyTasks(study: string): StoredStudyTask[] | null;
  /** The living process that goes on with a study; null where none does. */
  studyOwner(study: string): ProcessIdentity | null;
  /** All runs that are computed on clusters. */
  clusterJobs(): ClusterJob[];
  listTags(): { readonly tag: string; readonly runs: number }[];
  /** Queued runs in the order in which they will start. */
  queue(): number[];
  /** What another process asked the run to do and the run has not taken yet. */
  controlRequest(run: number): ControlRequest | null;
  getSetting(key: SettingKey): unknown;
  /** `<home>/runs/<run>` */
  runFolder(run: number): string;
  /** Another number whenever another process has changed the history since the last call; cheap enough for a poll. */
  dataVersion(): number;
}

/** What is decided about the backend of a run after it was created. */
export type DecidedEngine = Pick<JobConfig, 'decidedBackend' | 'onGpuFault'>;

export interface WritableHistory extends ReadableHistory {
  /** A new queued run with its folder and `config.json`. @throws UserError `study-task` when its task does not wait for a run */
  createRun(config: JobConfig, options?: RunOptions): number;
  renameRun(run: number, name: string): void;
  setNote(run: number, note: string): void;
  /** Replaces the tags of a run. */
  setTags(run: number, tags: readonly string[]): void;
  /** Deletes a run that is not running: its rows, then its folder. */
  deleteRun(run: number): void;
  /** The file of the run's dataset is now at `path`; it is still checked by its SHA-256. */
  moveDataset(run: number, path: string): void;
  /** What the run computes on from now on, and what follows a fault of the card; what is not given stays. */
  setEngine(run: number, engine: DecidedEngine): void;

  /**
   * Takes the run: state `running`, owned by this process.
   * @throws UserError `run-unknown`, `run-busy` (runs elsewhere), `run-ended` (finished or cancelled), `run-state`
   */
  claimRun(run: number): void;
  /** The process that computes for the owner of a running run. Nobody takes the run while it lives. */
  setWorker(run: number, worker: ProcessIdentity): void;
  /** Moves a run between two states that the table of states allows. @throws UserError `run-state` */
  moveRun(run: number, state: RunState, why?: { readonly reason?: string; readonly error?: JobError }): void;
  /** Puts a run that is not running (back) at the end of the queue, or takes a queued one out of it. */
  queueRun(run: number, queued?: boolean): void;
  /** New order of the queued runs; those not named keep their order at the end. */
  reorderQueue(runs: readonly number[]): void;
  /**
   * Takes what their logs say of runs that are `running` with no process that runs them, marks those `interrupted` that have not
   * ended by it, and returns the numbers of all.
   */
  interruptDeadRuns(): number[];

  /**
   * Takes what the logs of a run (`attempts/`) say and the history has not, with how far it got in the same transaction: each
   * event once, whatever is killed when. Nothing of a run that has finished or was cancelled.
   * @param secondsLeft as estimated last. Default null.
   * @returns what is news to the history, in order
   * @throws UserError `run-unknown`, `attempt-unreadable`; what comes before the line that cannot be read is taken
   */
  takeEvents(run: number, secondsLeft?: number | null): TakenEvent[];
  /** As `takeEvents` where no process of the run lives that might say more; otherwise nothing. */
  takeEarlierEvents(run: number): TakenEvent[];
  /** As `takeEvents` an event that no log tells of. */
  takeUnlogged(run: number, event: JobEvent, context: UnloggedContext): void;

  /** Adds an epoch; when the run has it already (it was computed again after a resume), replaces it and all after it. */
  appendEpoch(run: number, record: EpochRecord, trace: Trace | null, context: EpochContext): void;
  /** What the traces of the run mean. */
  describeTraces(run: number, description: TraceDescription): void;
  /** A sign of life of the process that runs it, with the running time so far. */
  heartbeat(run: number, seconds: number, secondsLeft: number | null): void;
  /** State `finished`, the result, its architecture or models, in one transaction. */
  finishRun(run: number, result: JobResult, seconds: number): void;

  /** The tasks of a study; those that it had before keep their runs. Creates the study when it is new. */
  planStudy(study: string, tasks: readonly StudyTask[]): void;
  /** This process alone goes on with the study, until it ends. @throws UserError `study-busy` */
  claimStudy(study: string): void;
  releaseStudy(study: string): void;
  moveStudyTask(task: TaskOfRun, change: StudyTaskChange): void;
  countStudyAttempt(task: TaskOfRun, attempt: Pick<StoredStudyTask, 'attempts' | 'fruitless' | 'epoch'>): void;

  /** From now on the run is computed on a cluster; no process of this computer takes it. @throws UserError `run-busy` */
  placeRun(job: Pick<ClusterJob, 'run' | 'folder' | 'token' | 'checkpoint'>): void;
  changeClusterJob(run: number, change: ClusterJobChange): void;
  /** The run is not on a cluster any more. @param end its state, where it is not in it yet */
  releasePlacedRun(
    run: number,
    end?: { readonly state: RunState; readonly error?: JobError; readonly reason?: string },
  ): void;

  /**
   * Asks a run to pause or cancel, from any process. A running one takes the request within a step (`requested`); one that
   * is not running is cancelled here and now (`done`).
   * @throws UserError `run-state` when the run cannot do that
   */
  requestControl(run: number, request: ControlRequest): 'requested' | 'done';
  /** The request, if any, and forgets it. */
  takeControl(run: number): ControlRequest | null;

  /**
   * Keeps what was drawn from a search with a seed, in the order of the draws. What is kept already is not kept twice; draws of this
   * seed from an earlier epoch are replaced.
   * @returns numbers of the draws  @throws UserError `run-unknown`
   */
  keepSamples(run: number, seed: number, samples: readonly NewSample[]): number[];
  addBundle(model: number, folder: string, verified: boolean): number;
  setBundleVerified(bundle: number, verified: boolean): void;
  removeBundle(bundle: number): void;
  /** Adds a dataset file or replaces the entry with the same id. */
  addDataset(dataset: StoredDataset): void;
  removeDataset(id: string): void;
  /** Remembered by the file's content, whatever becomes of the list of datasets. Null: back to the default. */
  chooseFinding(sha256: string, finding: ChosenFinding | null): void;
  /** Remembered by the file's content, as the finding is. */
  setDatasetChoices(sha256: string, choices: DatasetChoices): void;
  /** Remembered by the file's content. */
  keepDatasetHealth(report: DatasetHealth): KeptHealth;
  /** Null forgets it. @throws UserError `model-unknown` */
  setOperatingPoint(model: number, point: OperatingPoint | null): void;
  /** What another evaluation found of a model, with the test figures of its retraining. @throws UserError `model-unknown` */
  keepMeasured(model: number, measured: Pick<TrainedModel, 'metrics' | 'multiplyAccumulates' | 'weightBytes'>): void;
  /** How long an image takes; the newest for the machine and its threads counts. @throws UserError `model-unknown` */
  keepTiming(model: number, timing: Timing): void;
  setSetting(key: SettingKey, value: unknown): void;

  /**
   * Writes a checked backup when the newest is older than a day, or always with `force`. Returns its file, or null.
   * @param confirm default: in this process, which it holds up
   */
  backup(force?: boolean, confirm?: ConfirmCopy): Promise<string | null>;
  close(): void;
}

/** What happened to a history that was found damaged. */
export interface Recovery {
  /** Folder with the damaged files, null when there were none. */
  readonly kept: string | null;
  /** Backup that took its place, null when there was none. */
  readonly backup: string | null;
  /** Runs that were read again from their folders. */
  readonly rebuilt: readonly number[];
  /** For the user: what happened and what was lost. */
  readonly message: string;
}
