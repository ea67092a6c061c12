import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DatasetDescription } from '../datasets/medmnist.js';
import { UserError } from '../errors.js';
import type { Executor } from '../executors/executor.js';
import type { ReadableHistory, StoredStudyTask, WritableHistory } from '../history/interface.js';
import type { RetrainChoices } from '../jobs/retrain-config.js';
import type { SearchChoices } from '../jobs/search-config.js';
import { LIMITS } from '../vocabulary/limits.js';
import { searchMethod } from '../search/methods/registry.js';
import { planStudy, type PlannedTask } from '../studies/plan.js';
import { readStudy } from '../studies/read-study.js';
import type { StudyContext } from '../studies/study.js';
import { threadsOf, type Study } from '../vocabulary/study.js';
import { findDataset } from './named-dataset.js';
import { startRetraining } from './start-retraining.js';
import { startSearch } from './start-search.js';

/** A study whose datasets were read. */
export interface OpenStudy {
  readonly study: Study;
  /** By their names in the study. */
  readonly datasets: ReadonlyMap<string, DatasetDescription>;
  readonly tasks: readonly PlannedTask[];
}

/** Finds and reads the file of a dataset by what the study calls it. */
export type InspectDataset = (dataset: string) => Promise<DatasetDescription>;

/**
 * The file of a dataset of a study: a path relative to the folder of the study, or as `findDataset` has it.
 * @throws UserError `dataset-unknown`
 */
export function datasetOfStudy(history: ReadableHistory, file: string, dataset: string): string {
  const beside = resolve(dirname(file), dataset);
  return existsSync(beside) ? beside : findDataset(history, dataset);
}

/** @throws UserError `study-…`; what `inspect` refuses, with the field of the study */
export async function openStudy(file: string, inspect: InspectDataset): Promise<OpenStudy> {
  const study = await readStudy(file);
  const datasets = new Map<string, DatasetDescription>();
  for (const [i, dataset] of study.datasets.entries()) {
    try {
      datasets.set(dataset, await inspect(dataset));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(error.kind, `${file}: datasets.${i}: ${error.message}`, { cause: error });
    }
  }
  const contents = new Map([...datasets].map(([name, { sha256 }]) => [name, sha256]));
  return { study, datasets, tasks: planStudy(study, contents) };
}

/** What a search of the study is started with. @throws UserError `search-method`, `search-setting` */
export function searchChoices(study: Study, { choices, seed }: PlannedTask): SearchChoices {
  const { epochs, batch, channels, cells, race } = study.searches;
  const { backend } = study.on;
  const threads = threadsOf(study.on);
  const { method: id, asPublished, settings } = choices.method;
  const method = searchMethod(id);
  if (asPublished && !method.published) {
    throw new UserError('search-setting', `${id} is always as published: remove asPublished`);
  }
  return {
    method: id,
    settings: { ...(asPublished ? method.published : {}), ...settings },
    budget: choices.budget,
    epochs: epochs === undefined ? undefined : epochs * method.relativeEpochs,
    ...{ seed, batch, channels, cells, backend, threads },
    race: race ? {} : null,
  };
}

/** What a retraining of the study is started with. */
export function retrainChoices({ retrainings, on }: Study, trainingSeed: number): RetrainChoices {
  return { ...retrainings, seeds: [trainingSeed], backend: on.backend, threads: threadsOf(on) };
}

/**
 * The study as it is gone on with (`runStudy`): its plan is kept, and its tasks know how their runs are created.
 * @param inspect reads the file of a dataset again, where a search was not on one of the study's own
 */
export function studyContext(
  history: WritableHistory,
  { study, datasets, tasks }: OpenStudy,
  executor: Executor,
  inspect: (path: string) => Promise<DatasetDescription>,
): StudyContext {
  history.planStudy(study.name, tasks);
  const planned = new Map(tasks.map((task) => [task.key, task]));
  const known = new Map([...datasets.values()].map((description) => [description.path, description]));
  const createRun = async ({ key }: StoredStudyTask, searchRun: number | null): Promise<number> => {
    const task = planned.get(key)!;
    const options = { name: runName(study.name, task), task: { study: study.name, key } };
    if (task.trainingSeed === null || searchRun === null) {
      return startSearch(history, datasets.get(task.dataset)!, searchChoices(study, task), options);
    }
    const context = { history, inspect: async (path: string) => known.get(path) ?? (await inspect(path)) };
    return startRetraining(context, { run: searchRun }, retrainChoices(study, task.trainingSeed), options);
  };
  return { history, study: study.name, executor, createRun };
}

function runName(study: string, { dataset, method, budget, seed, trainingSeed }: PlannedTask): string {
  const training = trainingSeed === null ? '' : `, training ${trainingSeed}`;
  const name = `${study}: ${dataset}, ${method}, ${budget}, seed ${seed}${training}`;
  return name.slice(0, LIMITS.nameLength.highest);
}
