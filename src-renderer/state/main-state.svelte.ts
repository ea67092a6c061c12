import type {
  BackendReport,
  DatasetEntry,
  ExportProgress,
  Limits,
  ModelSummary,
  RaceSettings,
  RunSummary,
} from '../../src-main/ipc/contract.js';
import { isActive, mergeRuns } from '../logic/run-table.js';

/** What main owns, as last heard. Replaced as a whole, never edited here. */
class MainState {
  ready = $state(false);
  version = $state('');
  home = $state('');
  cores = $state(1);
  /** What may be set. There before anything is shown that can be set. */
  limits = $state.raw<Limits>()!;
  raceDefaults = $state.raw<RaceSettings>()!;
  datasets = $state.raw<readonly DatasetEntry[]>([]);
  devices = $state.raw<readonly BackendReport[]>([]);
  /** Exports that are going, by model. */
  exporting = $state.raw<ReadonlyMap<number, ExportProgress>>(new Map());

  /** How far the measurement of times is, null when there is none. */
  timing = $state.raw<{ done: number; total: number } | null>(null);

  /** How far the export of runs is, null when there is none. */
  exportingRuns = $state.raw<{ done: number; total: number } | null>(null);

  /** What the making of a report does now, null when none is made. */
  reporting = $state.raw<ExportProgress | null>(null);

  #runs = $state.raw<readonly RunSummary[]>([]);
  #models = $state.raw<readonly ModelSummary[]>([]);
  /** Runs that the user has deleted and can still have back: neither they nor their models are shown. */
  #leaving = $state.raw<ReadonlySet<number>>(new Set());
  readonly #shownRuns = $derived(
    this.#leaving.size === 0 ? this.#runs : this.#runs.filter(({ run }) => !this.#leaving.has(run)),
  );
  readonly #shownModels = $derived(
    this.#leaving.size === 0 ? this.#models : this.#models.filter(({ run }) => !this.#leaving.has(run)),
  );
  get runs(): readonly RunSummary[] {
    return this.#shownRuns;
  }
  set runs(runs: readonly RunSummary[]) {
    this.#runs = runs;
  }
  get models(): readonly ModelSummary[] {
    return this.#shownModels;
  }
  set models(models: readonly ModelSummary[]) {
    this.#models = models;
  }

  readonly runsByNumber = $derived(new Map(this.runs.map((run) => [run.run, run])));
  /** Running and paused first, then the queue in its order. */
  readonly active = $derived(
    this.runs
      .filter((run) => isActive(run.state))
      .sort((a, b) => (a.queuePosition ?? -1) - (b.queuePosition ?? -1) || a.run - b.run),
  );
  readonly demo = $derived(this.datasets.find((dataset) => dataset.synthetic && dataset.file) ?? null);

  changeRuns(changed: readonly RunSummary[]): void {
    this.#runs = mergeRuns(this.#runs, changed);
  }

  changeExport(model: number, progress: ExportProgress | null): void {
    const others = [...this.exporting].filter(([other]) => other !== model);
    this.exporting = new Map(progress === null ? others : [...others, [model, progress]]);
  }

  deleteRuns(deleted: readonly number[]): void {
    this.#runs = this.#runs.filter((run) => !deleted.includes(run.run));
    this.bringBack(deleted);
  }

  leave(runs: readonly number[]): void {
    this.#leaving = new Set([...this.#leaving, ...runs]);
  }

  bringBack(runs: readonly number[]): void {
    if (this.#leaving.size > 0) this.#leaving = new Set([...this.#leaving].filter((run) => !runs.includes(run)));
  }
}

export const main = new MainState();
