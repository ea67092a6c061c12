import type {
  ExportProgress,
  NewStudy,
  StudyCheck,
  StudyEntry,
  StudyEstimate,
  StudyFormat,
} from '../../src-main/ipc/contract.js';
import { plural } from '../logic/format.js';
import { confirm } from './confirm.svelte.js';
import { attempt, errorText, messages } from './problems.svelte.js';
import { view } from './view.svelte.js';

/** What is known of a study before it starts; problems as text. */
export interface StudyPlan {
  readonly check: StudyCheck | null;
  readonly checkProblem: string;
  readonly estimate: StudyEstimate | null;
  readonly estimateProblem: string;
}

const UNKNOWN: StudyPlan = { check: null, checkProblem: '', estimate: null, estimateProblem: '' };

/** What main knows of studies, as last heard. */
class Studies {
  list = $state.raw<readonly StudyEntry[]>([]);
  loaded = $state(false);
  /** The dialog for a new study is open. */
  making = $state(false);
  /** What of the study is shown. */
  tab = $state<'tasks' | 'results' | 'figures'>('tasks');
  #plans = $state.raw<ReadonlyMap<string, StudyPlan>>(new Map());
  #estimating = $state.raw<{ readonly study: string; readonly progress: ExportProgress } | null>(null);
  #busy = $state.raw<ReadonlySet<string>>(new Set());
  /** Runs that were seen under way as tasks of studies. */
  readonly #runs = new Set<number>();

  readonly shown = $derived(this.list.find(({ study }) => study === view.study) ?? this.list[0] ?? null);
  readonly running = $derived(this.list.find(({ state }) => state === 'running') ?? null);

  hasRun(run: number): boolean {
    return this.#runs.has(run);
  }

  change(entries: readonly StudyEntry[]): void {
    for (const { going } of entries) for (const run of going) this.#runs.add(run);
    const changed = new Map(entries.map((entry) => [entry.study, entry]));
    const kept = this.list.map((entry) => changed.get(entry.study) ?? entry);
    const known = new Set(this.list.map(({ study }) => study));
    this.list = [...entries.filter(({ study }) => !known.has(study)), ...kept];
  }

  async load(): Promise<void> {
    const list = await attempt('The studies could not be read', () => window.medforge.invoke('studies:list'));
    if (list) {
      this.list = [];
      this.change(list);
    }
    if (list && !this.loaded)
      for (const { study, state } of list) if (state === 'abandoned') this.#tellAbandoned(study);
    this.loaded = true;
  }

  planOf(study: string): StudyPlan {
    return this.#plans.get(study) ?? UNKNOWN;
  }

  /** What is measured now; null: nothing, or of another study. */
  estimatingOf(study: string): ExportProgress | null {
    return this.#estimating?.study === study ? this.#estimating.progress : null;
  }

  tellEstimate(study: string, progress: ExportProgress | null): void {
    if (progress) this.#estimating = { study, progress };
    else if (this.#estimating?.study === study) this.#estimating = null;
  }

  /** Whether something that the user asked of the study is not done yet. */
  isBusy(study: string): boolean {
    return this.#busy.has(study);
  }

  /** @throws what main refuses */
  async create(wanted: NewStudy): Promise<void> {
    const entry = await window.medforge.invoke('studies:create', wanted);
    this.#added(entry);
  }

  async open(): Promise<void> {
    const entry = await attempt('The study could not be opened', () => window.medforge.invoke('studies:open'));
    if (entry) this.#added(entry);
  }

  async forget({ study }: StudyEntry): Promise<void> {
    const yes = await confirm.ask({
      title: `Take “${study}” out of the list?`,
      body: 'Nothing of it was started. Its file stays where it is and can be opened again.',
      action: 'Take it out',
      danger: false,
    });
    if (!yes) return;
    await attempt(`“${study}” could not be taken out`, () => window.medforge.invoke('studies:forget', study));
    await this.load();
  }

  async check(study: string): Promise<void> {
    this.#plan(study, { check: null, checkProblem: '' });
    try {
      this.#plan(study, { check: await window.medforge.invoke('studies:check', study) });
    } catch (error) {
      this.#plan(study, { checkProblem: errorText(error) });
    }
  }

  async estimate(study: string): Promise<void> {
    this.tellEstimate(study, { step: 'reading the datasets', done: 0, total: 1 });
    this.#plan(study, { estimate: null, estimateProblem: '' });
    try {
      this.#plan(study, { estimate: await window.medforge.invoke('studies:estimate', study) });
    } catch (error) {
      this.#plan(study, { estimateProblem: errorText(error) });
    } finally {
      this.tellEstimate(study, null);
    }
  }

  cancelEstimate(): void {
    void attempt('The measurement could not be cancelled', () => window.medforge.invoke('studies:cancelEstimate'));
  }

  start = (study: string): Promise<void> =>
    this.#ask(study, `“${study}” could not be started`, () => window.medforge.invoke('studies:start', study));

  pause = (study: string): Promise<void> =>
    this.#ask(study, `“${study}” could not be paused`, () => window.medforge.invoke('studies:pause', study));

  retry = (study: string): Promise<void> =>
    this.#ask(study, `“${study}” could not try again`, () => window.medforge.invoke('studies:retry', study));

  async cancel({ study, counts }: StudyEntry): Promise<void> {
    const left = counts.tasks - counts.finished - counts.lost;
    const yes = await confirm.ask({
      title: `Cancel “${study}”?`,
      body:
        `${plural(left, 'task')} will be cancelled and cannot be resumed where they stand; “Try again” begins them anew. ` +
        `${plural(counts.finished, 'finished task')} ${counts.finished === 1 ? 'is' : 'are'} kept. To continue later, pause the study instead.`,
      action: 'Cancel the study',
      danger: true,
    });
    if (yes)
      await this.#ask(study, `“${study}” could not be cancelled`, () =>
        window.medforge.invoke('studies:cancel', study),
      );
  }

  async save(study: string, format: StudyFormat): Promise<void> {
    const file = await attempt(`The results of “${study}” could not be saved`, () =>
      window.medforge.invoke('studies:save', study, format),
    );
    if (file) messages.say(`Saved: ${file}`);
  }

  async #ask(study: string, title: string, action: () => Promise<void>): Promise<void> {
    this.#busy = new Set([...this.#busy, study]);
    await attempt(title, action);
    this.#busy = new Set([...this.#busy].filter((other) => other !== study));
  }

  /** Said once, at the start. */
  #tellAbandoned(study: string): void {
    messages.offer({
      text: `The study “${study}” was interrupted and can go on from its last checkpoints`,
      ...{ tone: 'bad', action: 'Open study', act: () => view.openStudy(study) },
    });
  }

  #added(entry: StudyEntry): void {
    this.change([entry]);
    this.making = false;
    this.tab = 'tasks';
    this.#plan(entry.study, UNKNOWN);
    view.openStudy(entry.study);
  }

  #plan(study: string, change: Partial<StudyPlan>): void {
    this.#plans = new Map([...this.#plans, [study, { ...this.planOf(study), ...change }]]);
  }
}

export const studies = new Studies();
