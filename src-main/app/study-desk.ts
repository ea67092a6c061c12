import { join } from 'node:path';
import { checkStudyPlan, estimateStudy, type StudyEstimate } from '../actions/check-study.js';
import { cancelStudy, retryStudy } from '../actions/control-study.js';
import { createStudy, type StudyChoices } from '../actions/create-study.js';
import { requireBackend } from '../actions/require-backend.js';
import { studyContext } from '../actions/study.js';
import { forgetStudyFile, rememberStudyFile, studyFiles } from '../actions/study-files.js';
import { figuresOfStudy, type DrawnBefore } from '../actions/study-figures.js';
import {
  studyEntry,
  studyTaskRows,
  type KnownStudy,
  type StudyEntry,
  type StudyTaskRow,
} from '../actions/study-list.js';
import { resultsOfStudy, type FoundResults } from '../actions/study-results.js';
import type { BackendReport } from '../compute/backend.js';
import { UserError, windowText } from '../errors.js';
import { runsAtOnce } from '../executors/local.js';
import type { StudyCheck } from '../ipc/contract.js';
import type { Studies } from '../ipc/handler-context.js';
import { fileName } from '../ipc/handlers/file-name.js';
import type { Push } from '../ipc/push.js';
import { readStudy } from '../studies/read-study.js';
import type { TaskStanding } from '../studies/standing.js';
import { runStudy } from '../studies/study.js';
import type { StudyFigures } from '../vocabulary/study-figures.js';
import { localOf, StudyOpening, type StudyOpeningOptions } from './study-opening.js';
import { StudyTurns } from './study-turns.js';

/** How often a study that goes on is looked at. */
const LOOK_MILLISECONDS = 1000;
/** How often it is looked whether other processes went on with studies. */
const WATCH_MILLISECONDS = 2000;
/** A measurement removes what it wrote. */
const CLEAN_UP_MILLISECONDS = 2000;

export interface StudyDeskOptions extends StudyOpeningOptions {
  readonly push: Pick<Push, 'send'>;
  readonly queue: () => { readonly busy: boolean; readonly running: number | null; pump(): void };
  readonly devices: () => Promise<readonly BackendReport[]>;
  /** Runs of a study started, moved or ended. */
  readonly runsChanged: (runs: readonly number[]) => void;
  /** Something computes now, or nothing any more. */
  readonly turnChanged: () => void;
}

/** Studies of the window: their files, what they would take, and going on with them. */
export class StudyDesk implements Studies {
  readonly turns: StudyTurns;
  readonly #opening: StudyOpening;
  readonly #problems = new Map<string, string>();
  readonly #drawn: DrawnBefore = new Map();
  /** What the page was told last, by study. */
  readonly #told = new Map<string, string>();
  /** How the tasks of the study that goes on stood last, by run. */
  #stood = new Map<number, string>();
  #estimating: AbortController | null = null;
  #version: number;
  #timer: NodeJS.Timeout | null = null;
  #ended = false;

  constructor(private readonly options: StudyDeskOptions) {
    this.#opening = new StudyOpening(options);
    this.#version = options.history.dataVersion();
    this.turns = new StudyTurns({
      queueIsBusy: () => options.queue().busy,
      goOn: (study, turn) => this.#goOn(study, turn),
      failed: (study, error) => this.#failed(study, error),
      changed: (studies) => {
        options.turnChanged();
        for (const study of studies) void this.#tell(study);
      },
      free: () => options.queue().pump(),
    });
  }

  get computing(): boolean {
    return this.turns.going !== null;
  }

  /** Looks from now on for what other processes do with studies. */
  watch(): void {
    this.#timer ??= setInterval(() => {
      try {
        this.#look();
      } catch (error) {
        this.options.report('The studies cannot be read', error);
      }
    }, WATCH_MILLISECONDS);
    this.#timer.unref();
  }

  #look(): void {
    const version = this.options.history.dataVersion();
    if (version === this.#version) return;
    this.#version = version;
    for (const study of this.#names()) void this.#tell(study);
  }

  list(): Promise<StudyEntry[]> {
    return Promise.all(this.#names().map((study) => this.#entry(study)));
  }

  tasks(study: string): StudyTaskRow[] {
    return studyTaskRows(this.options.history, study);
  }

  create(choices: StudyChoices): Promise<StudyEntry> {
    const { history } = this.options;
    const file = join(history.home, 'studies', `${fileName(choices.name)}.json`);
    return this.#entry(createStudy(history, file, choices).name);
  }

  async open(file: string): Promise<StudyEntry> {
    const { name } = await readStudy(file);
    rememberStudyFile(this.options.history, name, file);
    this.#problems.delete(name);
    return this.#entry(name);
  }

  /** Takes a study that has no tasks yet out of the list. */
  forget(study: string): void {
    forgetStudyFile(this.options.history, study);
    this.#problems.delete(study);
  }

  file(study: string): string {
    return this.#opening.file(study);
  }

  async check(study: string): Promise<StudyCheck> {
    const opened = await this.#opening.open(study);
    const checked = await checkStudyPlan(opened, this.#opening.executor(opened.study));
    return { ...checked, finished: this.#opening.finished(opened).size };
  }

  /** @returns null when it was cancelled @throws UserError `estimate-busy`, and what the measurements refuse */
  async estimate(study: string): Promise<StudyEstimate | null> {
    const { history, tasks, push, queue } = this.options;
    if (this.turns.going !== null || queue().running !== null) {
      throw new UserError('estimate-busy', 'What is computed now would distort the measurement: measure after it.');
    }
    this.cancelEstimate();
    const mine = (this.#estimating = new AbortController());
    const { signal } = mine;
    const place = { home: history.home, door: 'window' } as const;
    const options = { signal, cleanUp: CLEAN_UP_MILLISECONDS };
    try {
      const opened = await this.#opening.open(study);
      const { threads, atOnce = runsAtOnce(threads) } = localOf(opened.study);
      return await estimateStudy(
        opened,
        { finished: this.#opening.finished(opened), atOnce },
        {
          search: (config) => tasks.run({ name: 'search:estimate', config, ...place }, options),
          retraining: (config) => tasks.run({ name: 'retrain:estimate', config, ...place }, options),
          listener: (step, done, total) => {
            signal.throwIfAborted();
            push.send('studies:estimating', { study, progress: { step, done, total } });
          },
        },
      );
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    } finally {
      if (this.#estimating === mine) {
        this.#estimating = null;
        push.send('studies:estimating', { study, progress: null });
      }
    }
  }

  cancelEstimate(): void {
    this.#estimating?.abort(new UserError('estimate-cancelled', 'The measurement was cancelled.'));
  }

  /** @throws UserError `study-problems`, `study-elsewhere`, `backend-unavailable`, and as `openStudy` */
  async start(study: string): Promise<void> {
    this.cancelEstimate();
    const opened = await this.#opening.open(study);
    const { backend } = localOf(opened.study);
    await requireBackend(backend, this.options.devices);
    const { problems } = await checkStudyPlan(opened, this.#opening.executor(opened.study));
    if (problems.length > 0) throw new UserError('study-problems', `${problems.join('; ')}. Nothing was started.`);
    this.#problems.delete(study);
    this.turns.start(study);
  }

  pause(study: string): Promise<void> {
    return this.turns.pause(study);
  }

  async cancel(study: string): Promise<void> {
    await this.turns.pause(study);
    cancelStudy(this.options.history, study);
    this.options.runsChanged(this.tasks(study).flatMap(({ run }) => run ?? []));
    await this.#tell(study);
  }

  async retry(study: string): Promise<void> {
    retryStudy(this.options.history, study);
    await this.start(study);
  }

  results(study: string): FoundResults {
    return resultsOfStudy(this.options.history, study);
  }

  figures(study: string): Promise<StudyFigures> {
    return figuresOfStudy(this.options.history, study, this.#drawn);
  }

  async shutDown(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.cancelEstimate();
    await this.turns.shutDown();
    this.#ended = true;
  }

  #names(): string[] {
    const { history } = this.options;
    return [...new Set([...studyFiles(history).keys(), ...history.listStudies().map(({ name }) => name)])];
  }

  async #entry(study: string): Promise<StudyEntry> {
    const { history } = this.options;
    const file = studyFiles(history).get(study) ?? null;
    const stored = history.listStudies().find(({ name }) => name === study);
    const { executor, problem } = await this.#opening.read(study, file);
    const here: KnownStudy['here'] =
      this.turns.going === study ? 'running' : this.turns.wanted.includes(study) ? 'waiting' : null;
    return studyEntry(history, {
      ...{ study, file, executor, here },
      problem: this.#problems.get(study) ?? problem,
      isElsewhere: (stored?.owner ?? null) !== null && here === null,
      isAbandoned: stored?.abandoned ?? false,
    });
  }

  /** Tells the page how a study stands, where that is news. */
  async #tell(study: string): Promise<void> {
    try {
      const entry = await this.#entry(study);
      const now = JSON.stringify(entry);
      if (this.#told.get(study) === now) return;
      this.#told.set(study, now);
      this.options.push.send('studies:changed', [entry]);
    } catch (error) {
      // At the end of the program the history is closed while a file is read, and nobody is there to be told.
      if (!this.#ended) this.options.report(`The study ${study} could not be shown`, error);
    }
  }

  async #goOn(
    study: string,
    { signal, reason }: { readonly signal: AbortSignal; readonly reason: () => string },
  ): Promise<void> {
    const { history } = this.options;
    const opened = await this.#opening.open(study);
    if (signal.aborted) return;
    const context = studyContext(history, opened, this.#opening.executor(opened.study), (path) =>
      this.#opening.inspect(path),
    );
    this.#stood = new Map();
    const last = await runStudy(context, {
      ...{ signal, reason },
      pause: LOOK_MILLISECONDS,
      listener: (standings) => this.#looked(study, standings),
    });
    this.#looked(study, last);
  }

  #looked(study: string, standings: readonly TaskStanding[]): void {
    const stand = new Map(standings.flatMap(({ run, standing }) => (run ? [[run.run, standing] as const] : [])));
    const moved = [...stand].filter(([run, standing]) => this.#stood.get(run) !== standing).map(([run]) => run);
    const first = this.#stood.size === 0;
    const ended = !first && moved.some((run) => stand.get(run) === 'finished');
    this.#stood = stand;
    // The page learns first which runs are those of a study.
    void this.#tell(study).then(() => {
      if (this.#ended) return;
      if (moved.length > 0) this.options.runsChanged(moved);
      if (ended) this.options.push.send('models:changed', this.options.history.listModels());
    });
  }

  #failed(study: string, error: unknown): void {
    const message = error instanceof UserError ? windowText(error) : String(error);
    this.#problems.set(study, message);
    this.options.report(`study ${study} stopped`, error);
    this.options.push.send('app:problem', { title: `The study “${study}” was paused`, message });
  }
}
