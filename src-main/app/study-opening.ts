import { existsSync } from 'node:fs';
import { asChosen } from '../actions/dataset-choices.js';
import { datasetOfStudy, openStudy, type OpenStudy } from '../actions/study.js';
import { studyFiles } from '../actions/study-files.js';
import type { StudyEntry } from '../actions/study-list.js';
import { oneHotQuestion } from '../datasets/convert.js';
import type { DatasetDescription } from '../datasets/medmnist.js';
import { UserError, windowText } from '../errors.js';
import { LocalExecutor, type LocalOptions } from '../executors/local.js';
import type { TaskRunner } from '../jobs/task-runner.js';
import { readStudy } from '../studies/read-study.js';
import type { Study } from '../vocabulary/study.js';

export interface StudyOpeningOptions extends Pick<
  LocalOptions,
  'history' | 'launch' | 'listener' | 'report' | 'openPage'
> {
  readonly tasks: Pick<TaskRunner, 'run'>;
}

/** From the name of a study to its file, its datasets and what its tasks run on. */
export class StudyOpening {
  constructor(private readonly options: StudyOpeningOptions) {}

  /** @throws UserError `study-file-missing` */
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

  /** What its file says of where it runs, and why it cannot be used. */
  async read(study: string, file: string | null): Promise<Pick<StudyEntry, 'executor' | 'problem'>> {
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

  /** @throws UserError `study-file-missing`, and as `openStudy` */
  open(study: string): Promise<OpenStudy> {
    const file = this.file(study);
    return openStudy(file, (dataset) => this.inspect(datasetOfStudy(this.options.history, file, dataset)));
  }

  /** In a process of its own. */
  async inspect(path: string): Promise<DatasetDescription> {
    const { tasks, history } = this.options;
    const description = asChosen(history, await tasks.run({ name: 'dataset:inspect', path }));
    if (description.oneHot) throw oneHotQuestion(path, description.classes);
    return description;
  }

  /** Keys of tasks that are finished. */
  finished({ study, tasks }: OpenStudy): Set<string> {
    const kept = new Map((this.options.history.studyTasks(study.name) ?? []).map(({ key, state }) => [key, state]));
    return new Set(tasks.map(({ key }) => key).filter((key) => kept.get(key) === 'finished'));
  }

  /** @throws UserError `study-elsewhere` */
  executor(study: Study): LocalExecutor {
    const { history, launch, listener, report, openPage } = this.options;
    const { threads, atOnce } = localOf(study);
    return new LocalExecutor({
      ...{ history, threads, atOnce, launch, listener, report },
      ...(openPage && { openPage }),
      door: 'window',
    });
  }
}

type LocalPlace = Extract<Study['on'], { readonly executor: 'local' }>;

const isLocal = (on: Study['on']): on is LocalPlace => (on.executor as string) === 'local';

/** What a study says of this computer. @throws UserError `study-elsewhere` for one that runs on others */
export function localOf({ name, on }: Study): LocalPlace {
  if (isLocal(on)) return on;
  throw new UserError(
    'study-elsewhere',
    `Study “${name}” does not run on this computer: go on with it by the command medforge study run.`,
  );
}
