import { SvelteSet } from 'svelte/reactivity';
import type {
  Budget,
  BudgetFields,
  BudgetReading,
  RunDetails,
  DatasetEntry,
  Preferences,
  SearchEstimate,
  SearchRequest,
  SpaceSettings,
} from '../../src-main/ipc/contract.js';
import { budgetName } from '../logic/budget-scale.js';
import { integer } from '../logic/format.js';
import { main } from './main-state.svelte.js';
import { attempt, errorText } from './problems.svelte.js';
import { view } from './view.svelte.js';

/** The search of the paper, and one of a minute or two that still shows both phases. */
const FULL = { epochs: null as number | null, batch: null as number | null, channels: 16, cells: 3 };
const QUICK: typeof FULL = { epochs: 15, batch: 32, channels: 8, cells: 2 };

const DEFAULTS = {
  ...FULL,
  budget: { lower: 0, upper: 222_000 } as Budget,
  seed: 1,
  backend: 'auto' as SearchRequest['backend'],
  onGpuFault: 'stop' as NonNullable<SearchRequest['onGpuFault']>,
  threads: 0,
  method: 'zo-darts++',
  settings: {} as SearchRequest['settings'],
  race: {} as SearchRequest['race'],
};

const fieldsOf = ({ lower, upper }: Budget): BudgetFields => ({ lower: integer(lower), upper: integer(upper) });
const keyOf = (space: SpaceSettings | null, fields: BudgetFields): string =>
  space ? JSON.stringify([space, fields]) : '';

/** What is chosen for the next search. Lives as long as the window, so that a look elsewhere loses nothing. */
class SearchForm {
  settings = $state.raw({ ...DEFAULTS });
  /** The budget as it is written in its fields; `settings.budget` is the last one that was understood and can be met. */
  fields = $state.raw<BudgetFields>(fieldsOf(DEFAULTS.budget));
  /** The field that is being written in: its text stays as it is. */
  writing = $state<keyof BudgetFields | null>(null);
  reading = $state.raw<BudgetReading | null>(null);
  /** What `reading` is the answer to. */
  #readingOf = $state('');
  /** Fields that hold what cannot be taken. */
  readonly #wrong = new SvelteSet<string>();
  name = $state('');
  reachable = $state.raw<Budget>({ lower: 72_498, upper: 4_818_162 });
  #estimate = $state.raw<{ readonly of: string; readonly measured: SearchEstimate } | null>(null);
  #estimateProblem = $state.raw({ of: '', text: '' });
  estimating = $state(false);
  starting = $state(false);
  /** The form was filled for the user: Enter may start at once. */
  filled = $state(false);
  #asked = 0;

  readonly usable = $derived(main.datasets.filter((dataset) => dataset.file !== null));
  readonly dataset = $derived<DatasetEntry | null>(
    this.usable.find(({ id }) => id === view.dataset) ?? this.usable[0] ?? null,
  );
  readonly space = $derived<SpaceSettings | null>(
    this.dataset
      ? {
          channels: this.settings.channels,
          cells: this.settings.cells,
          inputChannels: this.dataset.channels,
          classes: this.dataset.labels.length,
          ...(this.dataset.file?.stemHalvings && { stemHalvings: this.dataset.file.stemHalvings }),
        }
      : null,
  );
  readonly suggestedName = $derived(
    `${this.dataset?.name ?? ''} ${budgetName(this.settings.budget)}, seed ${this.settings.seed}`,
  );
  readonly request = $derived<SearchRequest | null>(
    this.dataset
      ? { dataset: this.dataset.id, ...this.settings, name: this.name.trim() || asName(this.suggestedName) }
      : null,
  );
  /** What the time depends on: the name of the run is not part of it. */
  readonly measured = $derived(this.dataset ? JSON.stringify([this.dataset.id, this.settings]) : '');
  /** Changes with everything that the reading of the budget depends on. */
  readonly readingKey = $derived(keyOf(this.space, this.fields));
  /** The budget was changed and not read yet. */
  readonly pending = $derived(this.#readingOf !== this.readingKey);
  readonly budgetProblem = $derived(!this.pending && this.reading && 'problem' in this.reading ? this.reading : null);
  /** Names of the fields that hold what a search cannot be started with. */
  readonly wrongFields = $derived([...(this.budgetProblem ? ['Parameter budget'] : []), ...this.#wrong]);
  readonly wrong = $derived(this.wrongFields.length > 0);
  readonly ready = $derived(this.request !== null && !this.pending && !this.wrong && !this.starting);
  /** Of the settings as they stand, never of others. */
  readonly estimate = $derived(
    this.#estimate?.of === this.measured && !this.pending && !this.wrong ? this.#estimate.measured : null,
  );
  readonly estimateProblem = $derived(this.#estimateProblem.of === this.measured ? this.#estimateProblem.text : '');
  readonly size = $derived(this.#is(QUICK) ? 'quick' : this.#is(FULL) ? 'full' : 'own');

  set(change: Partial<typeof DEFAULTS>): void {
    this.settings = { ...this.settings, ...change };
  }

  /** What new runs compute with. */
  prefer({ threads, backend, onGpuFault }: Pick<Preferences, 'threads' | 'backend' | 'onGpuFault'>): void {
    this.set({ threads, backend, onGpuFault });
    this.fields = fieldsOf(this.settings.budget);
  }

  /** The budget by slider or button. */
  setBudget(budget: Budget): void {
    this.set({ budget });
    this.fields = fieldsOf(budget);
  }

  /** Whether the field of that name holds what cannot be taken. */
  mark(field: string, wrong: boolean): void {
    if (wrong) this.#wrong.add(field);
    else this.#wrong.delete(field);
  }

  write(end: keyof BudgetFields, text: string): void {
    this.writing = end;
    this.fields = { ...this.fields, [end]: text };
  }

  /** What was understood takes the place of what was written. */
  endWriting(): void {
    this.writing = null;
    if (!this.pending && this.reading && 'budget' in this.reading) this.#understood(this.reading.budget);
  }

  #understood(budget: Budget): void {
    const { lower, upper } = this.settings.budget;
    if (budget.lower !== lower || budget.upper !== upper) this.set({ budget });
    this.fields = {
      ...fieldsOf(budget),
      ...(this.writing ? { [this.writing]: this.fields[this.writing] } : {}),
    };
    this.#readingOf = this.readingKey;
  }

  /** Asks what the fields mean; only the answer to what they hold now counts. */
  async readBudget(): Promise<void> {
    const { space, fields, readingKey } = this;
    if (!space) return;
    const reading = await attempt('The budget could not be read', () =>
      window.medforge.invoke('search:budget', $state.snapshot(space), fields),
    );
    if (!reading || readingKey !== this.readingKey) return;
    this.reading = reading;
    this.#readingOf = readingKey;
    if ('budget' in reading) this.#understood(reading.budget);
  }

  /** The settings of a search that is there, to be changed. @returns false where its dataset is not on this computer any more */
  fill({ config, dataset }: RunDetails): boolean {
    if (config.kind !== 'search') return false;
    const own = this.usable.find(
      ({ id, name, file }) =>
        id === `file:${dataset.sha256}` || (name === dataset.name && file?.bytes === dataset.bytes),
    );
    if (!own) return false;
    const { epochs, batch, budget, seed, backend, threads, onGpuFault = 'stop' } = config;
    const { method, settings, race, space } = config;
    const { channels, cells } = space;
    const computing = { seed, backend, threads, onGpuFault };
    this.settings = { epochs, batch, channels, cells, budget, ...computing, method, settings, race };
    this.fields = fieldsOf(budget);
    this.name = '';
    view.searchWith(own.id);
    return true;
  }

  #is(size: typeof FULL): boolean {
    const { epochs, batch, channels, cells } = this.settings;
    return epochs === size.epochs && batch === size.batch && channels === size.channels && cells === size.cells;
  }

  /** Seed, threads and backend stay as they were chosen: they are no part of the size. */
  useFull(): void {
    this.set(FULL);
    this.setBudget(DEFAULTS.budget);
  }

  useQuick(): void {
    this.set(QUICK);
    this.setBudget({ lower: 0, upper: 60_000 });
  }

  async readRange(space: SpaceSettings): Promise<void> {
    const reachable = await attempt('The possible network sizes could not be computed', () =>
      window.medforge.invoke('search:range', space),
    );
    if (reachable) this.reachable = reachable;
  }

  /** Measures a few steps. Only the answer to the last question counts. */
  async measure(): Promise<void> {
    const { request, measured } = this;
    if (!request) return;
    const asked = ++this.#asked;
    this.estimating = true;
    this.#estimateProblem = { of: '', text: '' };
    try {
      const estimate = await window.medforge.invoke('search:estimate', request);
      if (asked !== this.#asked) return;
      this.#estimate = { of: measured, measured: estimate };
    } catch (error) {
      if (asked !== this.#asked) return;
      this.#estimate = null;
      this.#estimateProblem = { of: measured, text: errorText(error) };
    } finally {
      if (asked === this.#asked) this.estimating = false;
    }
  }

  async start(): Promise<void> {
    const { request } = this;
    if (!request || !this.ready) return;
    this.starting = true;
    // A measurement that is under way ends now, and its end is no problem.
    this.#asked++;
    this.estimating = false;
    this.#estimateProblem = { of: '', text: '' };
    const run = await attempt('The search could not be started', () =>
      window.medforge.invoke('search:start', $state.snapshot(request)),
    );
    this.starting = false;
    if (run === undefined) return;
    this.name = '';
    view.go('search', run);
  }
}

export const searchForm = new SearchForm();

/** Draws the demo dataset if need be and fills the form with a quick search on it. */
export async function tryDemo(): Promise<void> {
  const entry = await attempt('The demo dataset could not be created', () => window.medforge.invoke('datasets:demo'));
  if (!entry) return;
  if (!main.datasets.some(({ id, file }) => id === entry.id && file)) {
    main.datasets = [entry, ...main.datasets.filter(({ id }) => id !== entry.id)];
  }
  searchForm.useQuick();
  searchForm.filled = true;
  view.searchWith(entry.id);
}

export async function addDataset(): Promise<DatasetEntry | null> {
  const added = await attempt('The file could not be added', () => window.medforge.invoke('datasets:add'));
  return added?.[0] ?? null;
}

/** A file can be called what a run cannot. */
function asName(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ').slice(0, main.limits.nameLength.highest);
}
