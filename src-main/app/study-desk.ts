import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkStudyPlan, estimateStudy, type StudyEstimate } from '../actions/check-study.js';
import { cancelStudy, retryStudy } from '../actions/control-study.js';
import { createStudy, type StudyChoices } from '../actions/create-study.js';
import { asChosen } from '../actions/dataset-choices.js';
import { requireBackend } from '../actions/require-backend.js';
import { datasetOfStudy, openStudy, studyContext, type OpenStudy } from '../actions/study.js';
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
import { oneHotQuestion } from '../datasets/convert.js';
import type { DatasetDescription } from '../datasets/medmnist.js';
import { UserError, windowText } from '../errors.js';
import { LocalExecutor, runsAtOnce, type LocalOptions } from '../executors/local.js';
import type { WritableHistory } from '../history/interface.js';
import type { StudyCheck } from '../ipc/contract.js';
import type { Studies } from '../ipc/handler-context.js';
import { fileName } from '../ipc/handlers/file-name.js';
import type { Push } from '../ipc/push.js';
import type { TaskRunner } from '../jobs/task-runner.js';
import { readStudy } from '../studies/read-study.js';
import type { TaskStanding } from '../studies/standing.js';
import { runStudy } from '../studies/study.js';
import type { Study } from '../vocabulary/study.js';
import type { StudyFigures } from '../vocabulary/study-figures.js';
import { StudyTurns } from './study-turns.js';

/** How often a study that goes on is looked at. */
const LOOK_MILLISECONDS = 1000;
/** How often it is looked whether other processes went on with studies. */
const WATCH_MILLISECONDS = 2000;
/** A measurement removes what it wrote. */
const CLEAN_UP_MILLISECONDS = 2000;

export interface StudyDeskOptions extends Pick<LocalOptions, 'launch' | 'listener' | 'report' | 'openPage'> {
  readonly history: WritableHistory;
  readonly tasks: Pick<TaskRunner, 'run'>;
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
  readonly #problems = new Map<string, string>();
  readonly #drawn: DrawnBefore = new Map();
  /** What the page was told last, by study. */
  readonly #told = new Map<string, string>();
  /** How the tasks of the study that goes on stood last, by run. */
  #stood = new Map<number, string>();
  #estimating: AbortController | null = null;
  #version: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: StudyDeskOptions) {
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
      const version = this.options.history.dataVersion();
      if (version === this.#version) return;
      this.#version = version;
      for (const study of this.#names()) void this.#tell(study);
    }, WATCH_MILLISECONDS);
    this.#timer.unref();
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
    const file = studyFiles(this.options.history).get(study);
    if (file !== undefined && existsSync(file)) return file;
    throw new UserError(
      'study-file-missing',
      file === undefined
        ? `It is not known where the file of study “${study}” is: open it.`
        : `${file} is missing: put it back, or open the file of study “${study}” where it is now.`,
    );
  }

  async check(study: string): Promise<StudyCheck> {
    const opened = await this.#open(study);
    const checked = await checkStudyPlan(opened, this.#executor(opened.study));
    return { ...checked, finished: this.#finished(opened).size };
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
      const opened = await this.#open(study);
      const { threads, atOnce = runsAtOnce(threads) } = localOf(opened.study);
      return await estimateStudy(
        opened,
        { finished: this.#finished(opened), atOnce },
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
    const opened = await this.#open(study);
    const { backend } = localOf(opened.study);
    await requireBackend(backend, this.options.devices);
    const { problems } = await checkStudyPlan(opened, this.#executor(opened.study));
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
  }

  #names(): string[] {
    const { history } = this.options;
    return [...new Set([...studyFiles(history).keys(), ...history.listStudies().map(({ name }) => name)])];
  }

  async #entry(study: string): Promise<StudyEntry> {
    const { history } = this.options;
    const file = studyFiles(history).get(study) ?? null;
    const stored = history.listStudies().find(({ name }) => name === study);
    const { executor, problem } = await this.#read(study, file);
    const here: KnownStudy['here'] =
      this.turns.going === study ? 'running' : this.turns.wanted.includes(study) ? 'waiting' : null;
    return studyEntry(history, {
      ...{ study, file, executor, here },
      problem: this.#problems.get(study) ?? problem,
      isElsewhere: (stored?.owner ?? null) !== null && here === null,
      isAbandoned: stored?.abandoned ?? false,
    });
  }

  async #read(study: string, file: string | null): Promise<Pick<StudyEntry, 'executor' | 'problem'>> {
    if (file === null) return { executor: null, problem: null };
    try {
      const { name, on } = await readStudy(file);
      if (name === study) return { executor: on.executor, problem: null };
      return { executor: null, problem: `${file} is that of study “${name}” now: open it again.` };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { executor: null, problem: windowText(error) };
    }
  }

  /** Tells the page how a study stands, where that is news. */
  async #tell(study: string): Promise<void> {
    const entry = await this.#entry(study);
    const now = JSON.stringify(entry);
    if (this.#told.get(study) === now) return;
    this.#told.set(study, now);
    this.options.push.send('studies:changed', [entry]);
  }

  #open(study: string): Promise<OpenStudy> {
    const file = this.file(study);
    return openStudy(file, (dataset) => this.#inspect(datasetOfStudy(this.options.history, file, dataset)));
  }

  async #inspect(path: string): Promise<DatasetDescription> {
    const { tasks, history } = this.options;
    const description = asChosen(history, await tasks.run({ name: 'dataset:inspect', path }));
    if (description.oneHot) throw oneHotQuestion(path, description.classes);
    return description;
  }

  #finished({ study, tasks }: OpenStudy): Set<string> {
    const kept = new Map((this.options.history.studyTasks(study.name) ?? []).map(({ key, state }) => [key, state]));
    return new Set(tasks.map(({ key }) => key).filter((key) => kept.get(key) === 'finished'));
  }

  #executor(study: Study): LocalExecutor {
    const { history, launch, listener, report, openPage } = this.options;
    const { threads, atOnce } = localOf(study);
    return new LocalExecutor({
      ...{ history, threads, atOnce, launch, listener, report },
      ...(openPage && { openPage }),
      door: 'window',
    });
  }

  async #goOn(
    study: string,
    { signal, reason }: { readonly signal: AbortSignal; readonly reason: () => string },
  ): Promise<void> {
    const { history } = this.options;
    const opened = await this.#open(study);
    if (signal.aborted) return;
    const context = studyContext(history, opened, this.#executor(opened.study), (path) => this.#inspect(path));
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

type LocalPlace = Extract<Study['on'], { readonly executor: 'local' }>;

const isLocal = (on: Study['on']): on is LocalPlace => (on.executor as string) === 'local';

/** What a study says of this computer. @throws UserError `study-elsewhere` for one that runs on others */
function localOf({ name, on }: Study): LocalPlace {
  if (isLocal(on)) return on;
  throw new UserError(
    'study-elsewhere',
    `Study “${name}” does not run on this computer: go on with it by the command medforge study run.`,
  );
}
