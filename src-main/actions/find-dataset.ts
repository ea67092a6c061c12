import { existsSync } from 'node:fs';
import { UserError } from '../errors.js';
import type { WritableHistory } from '../history/interface.js';
import type { DatasetReference } from '../vocabulary/dataset-reference.js';

export interface FindDatasetContext {
  readonly history: WritableHistory;
  /** Looks for the content of a reference: `findFile` of `datasets/find-file.ts`, in this process or in another one. */
  readonly find: (reference: DatasetReference, place: string) => Promise<string | null>;
}

export interface FoundDataset {
  readonly path: string;
  /** The run that was asked for, and the others whose file of this content was gone too. */
  readonly runs: readonly number[];
}

/**
 * Tells a run where its dataset file is now, which is known by its content; and all other runs and the list of datasets, where
 * they name a file of this content that is gone.
 * @param place a file, or a folder that is searched
 * @throws UserError `run-unknown`, `dataset-not-found`
 */
export async function findRunDataset(
  { history, find }: FindDatasetContext,
  run: number,
  place: string,
): Promise<FoundDataset> {
  const { dataset } = history.getRun(run);
  const path = await find(dataset, place).catch((error: unknown) => {
    throw notFound(`${place} cannot be read (${error instanceof Error ? error.message : String(error)})`, run, dataset);
  });
  if (path === null) throw notFound(`${place} is not this file and does not contain it`, run, dataset);
  const runs = [run];
  history.moveDataset(run, path);
  for (const other of history.listRuns({ dataset: dataset.name })) {
    const reference = other.run === run ? null : (history.findRun(other.run)?.dataset ?? null);
    if (reference?.sha256 !== dataset.sha256 || existsSync(reference.path)) continue;
    history.moveDataset(other.run, path);
    runs.push(other.run);
  }
  for (const entry of history.listDatasets()) {
    if (entry.sha256 === dataset.sha256 && !existsSync(entry.path)) history.addDataset({ ...entry, path });
  }
  return { path, runs };
}

function notFound(what: string, run: number, { name, bytes, sha256 }: DatasetReference): UserError {
  return new UserError(
    'dataset-not-found',
    `The dataset of run ${run} was not found: ${what}. It is the file of ${name} with ${bytes} bytes and SHA-256 ` +
      `${sha256}: choose that file, under any name, or a folder that contains it.`,
  );
}
