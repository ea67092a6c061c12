import type {
  ExportProgress,
  FolderChoices,
  ImportPixels,
  ImportPlace,
  ImportPlan,
  ImportPreview,
} from '../../src-main/ipc/contract.js';
import { integer } from '../logic/format.js';
import { blockedBecause, NO_CHOICES, NO_PIXEL_CHOICES, sentence, STEPS, type Step } from '../logic/import-choices.js';
import { progressText, startOf, type ProgressStart } from '../logic/import-progress.js';
import { attempt, errorText, messages } from './problems.svelte.js';
import { view } from './view.svelte.js';

/** Images on the page of the pixels, and on the sheet before the end. */
const SAMPLE = 6;
const SHEET = 24;
/** As long it is offered to go on with an import that was closed, or to search with one that has ended. */
const OFFERED_SECONDS = 60;

interface Answer<T> {
  readonly of: string;
  readonly value: T;
}

/** The import of images: what is chosen, and what the program answered to it. */
class ImageImport {
  shown = $state(false);
  step = $state<Step>('folder');
  place = $state.raw<ImportPlace | null>(null);
  tableSettled = $state(false);
  choices = $state.raw<FolderChoices>(NO_CHOICES);
  pixels = $state.raw<ImportPixels>(NO_PIXEL_CHOICES);
  name = $state('');
  licence = $state('');
  horizontalFlip = $state(false);
  keepPatients = $state(false);
  finding = $state<string | null>(null);

  /** The newest plan that there was; of other choices while one is being made. */
  plan = $state.raw<ImportPlan | null>(null);
  #planOf = $state('');
  /** Why there is no plan of these choices. */
  #planProblem = $state.raw<Answer<string>>({ of: '', value: '' });
  /** Labels of the images before any was given another name. */
  labels = $state.raw<readonly string[]>([]);
  #sample = $state.raw<Answer<ImportPreview> | null>(null);
  #sheet = $state.raw<Answer<ImportPreview> | null>(null);
  /** Why the folder, pictures or the import failed. */
  failure = $state('');
  working = $state(false);
  importing = $state(false);
  progress = $state.raw<ExportProgress | null>(null);
  progressWords = $state('');
  #start: ProgressStart | null = null;
  #asked = 0;

  readonly #choicesKey = $derived(JSON.stringify([this.place, this.choices]));
  readonly #pixelsKey = $derived(JSON.stringify([this.#choicesKey, this.pixels]));
  readonly problem = $derived(this.#planProblem.of === this.#choicesKey ? this.#planProblem.value : '');
  readonly planning = $derived(this.#planOf !== this.#choicesKey && this.problem === '');
  readonly inspection = $derived(this.plan?.inspection ?? this.place?.inspection ?? null);
  /** Of the choices as they stand. */
  readonly sample = $derived(this.#sample?.of === this.#pixelsKey ? this.#sample.value : null);
  readonly sheet = $derived(this.#sheet?.of === this.#pixelsKey ? this.#sheet.value : null);
  readonly blocked = $derived(blockedBecause(this.step, this.#knownNow()));

  #knownNow() {
    const { place, tableSettled, plan, planning, problem, sample, sheet, pixels, name } = this;
    // another name of a class changes no picture: a sheet of these images was looked at
    const looked = sheet ?? (this.step === 'name' ? (this.#sheet?.value ?? null) : null);
    return { place, tableSettled, plan, planning, problem, sample, sheet: looked, pixels, name };
  }

  /** Asks for a folder and begins with it. */
  async begin(): Promise<void> {
    const place = await attempt('The folder could not be read', () => window.medforge.invoke('import:folder'));
    if (place) this.open(place);
  }

  /** Begins anew with a folder. */
  open(place: ImportPlace): void {
    this.step = 'folder';
    this.choices = NO_CHOICES;
    this.pixels = NO_PIXEL_CHOICES;
    this.plan = null;
    this.labels = [];
    this.#sample = this.#sheet = null;
    this.name = place.folder;
    this.licence = '';
    this.finding = null;
    this.horizontalFlip = this.keepPatients = false;
    this.#take(place, place.table !== null || place.inspection.tables.length === 0);
    this.shown = true;
  }

  /** Another folder, in the dialog that is open. */
  async otherFolder(): Promise<void> {
    const place = await this.#look(() => window.medforge.invoke('import:folder'));
    if (place) this.open(place);
  }

  /** @param table as `import:table` takes it */
  async useTable(table: number | 'file' | null): Promise<void> {
    const place = await this.#look(() => window.medforge.invoke('import:table', table));
    if (place) this.#take(place, true);
  }

  #take(place: ImportPlace, settled: boolean): void {
    this.failure = '';
    if (place.table !== this.place?.table || place.folder !== this.place.folder) {
      this.choices = { ...NO_CHOICES, split: this.choices.split };
      this.plan = null;
    }
    this.place = place;
    this.tableSettled = settled;
  }

  change(choices: FolderChoices): void {
    this.choices = choices;
    void this.makePlan();
  }

  setPixels(change: Partial<ImportPixels>): void {
    this.pixels = { ...this.pixels, ...change };
    void this.look();
  }

  next(): void {
    if (this.blocked === null) this.#go(1);
  }

  back(): void {
    this.#go(-1);
  }

  #go(by: 1 | -1): void {
    const at = STEPS.findIndex(({ step }) => step === this.step);
    this.step = STEPS[at + by]?.step ?? this.step;
    this.failure = '';
    if (this.step !== 'folder' && this.planning) void this.makePlan();
    else void this.look();
  }

  /** Plans the import as it is chosen. Only the answer to the newest question counts. */
  async makePlan(): Promise<void> {
    const [key, choices] = [this.#choicesKey, this.choices];
    const asked = ++this.#asked;
    this.working = false;
    this.#planProblem = { of: '', value: '' };
    try {
      const plan = await window.medforge.invoke('import:plan', choices);
      if (asked !== this.#asked || plan === null) return;
      this.plan = plan;
      this.#planOf = key;
      if (Object.keys(choices.classes).length === 0) this.labels = plan.classes.map(({ name }) => name);
      if (!plan.classes.some(({ name }) => name === this.finding)) this.finding = null;
      void this.look();
    } catch (error) {
      if (asked === this.#asked) this.#planProblem = { of: key, value: sentence(errorText(error)) };
    }
  }

  /** Looks at the images, where the step shows them and they were not looked at yet. */
  async look(again = false): Promise<void> {
    const whole = this.step === 'check';
    if (!whole && this.step !== 'pixels') return;
    if (this.planning || this.problem !== '' || (!again && (whole ? this.sheet : this.sample) !== null)) return;
    const key = this.#pixelsKey;
    const asked = ++this.#asked;
    this.failure = '';
    this.working = true;
    try {
      const preview = await window.medforge.invoke('import:preview', {
        choices: this.choices,
        pixels: this.pixels,
        count: whole ? SHEET : SAMPLE,
        whole,
      });
      if (asked !== this.#asked) return;
      if (preview === null) this.failure = 'The check of the images was stopped.';
      else if (whole) this.#sheet = { of: key, value: preview };
      else this.#sample = { of: key, value: preview };
    } catch (error) {
      if (asked === this.#asked) this.failure = sentence(errorText(error));
    } finally {
      if (asked === this.#asked) this.working = false;
    }
  }

  /** Imports the images. What is chosen stays, whatever comes of it. */
  async run(): Promise<void> {
    if (this.blocked !== null || this.importing) return;
    this.failure = '';
    this.importing = true;
    try {
      const entry = await window.medforge.invoke('import:run', {
        choices: this.choices,
        pixels: this.pixels,
        name: this.name.trim(),
        licence: this.licence.trim() || null,
        horizontalFlip: this.horizontalFlip,
        keepPatients: this.keepPatients,
        finding: this.finding,
      });
      if (entry === null) {
        this.failure = 'The import was cancelled. Nothing was kept; your choices are still here.';
        return;
      }
      this.shown = false;
      view.dataset = entry.id;
      view.go('datasets');
      const { train, val, test } = entry.samples;
      messages.offer(
        {
          text: `“${entry.name}” was imported: ${integer(train + val + test)} images`,
          tone: 'done',
          action: 'Start a search',
          act: () => view.searchWith(entry.id),
        },
        OFFERED_SECONDS,
      );
    } catch (error) {
      this.failure = sentence(errorText(error));
    } finally {
      this.importing = false;
    }
  }

  stop(): void {
    void attempt('The import could not be stopped', () => window.medforge.invoke('import:cancel'));
  }

  /** Closes the dialog; while images are imported it stops that first. */
  close(): void {
    if (this.importing) return void this.stop();
    if (this.working || this.planning) this.stop();
    this.shown = false;
    const resume = (): void => {
      this.shown = true;
      void this.makePlan();
    };
    messages.offer(
      {
        text: `The import of “${this.place?.folder ?? ''}” was closed`,
        tone: 'done',
        action: 'Continue',
        act: resume,
      },
      OFFERED_SECONDS,
    );
  }

  tell(progress: ExportProgress | null): void {
    const now = performance.now();
    this.progress = progress;
    this.#start = progress && startOf(this.#start, progress, now);
    this.progressWords = progress && this.#start ? progressText(progress, this.#start, now) : '';
  }

  async #look(ask: () => Promise<ImportPlace | null>): Promise<ImportPlace | null> {
    this.failure = '';
    this.working = true;
    try {
      return await ask();
    } catch (error) {
      this.failure = sentence(errorText(error));
      return null;
    } finally {
      this.working = false;
    }
  }
}

export const imageImport = new ImageImport();
