import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CleaningChoice } from '../datasets/health/clean.js';
import type { DatasetDescription } from '../datasets/medmnist.js';
import { UserError } from '../errors.js';
import type { StoredDataset, WritableHistory } from '../history/interface.js';
import type { CleaningRequest } from '../jobs/dataset-health.js';
import type { DatasetHealth } from '../vocabulary/dataset-health.js';
import type { Cleaned } from '../vocabulary/dataset-manifest.js';
import { addDataset } from './add-dataset.js';

export interface CheckContext {
  readonly history: WritableHistory;
  /** In this process or in another one: `checkDatasetFile` of `jobs/dataset-health.ts`. */
  readonly check: (path: string) => Promise<DatasetHealth>;
}

/**
 * The health report of a dataset file: the one that is remembered of its content, or a new one, which is remembered.
 * @param again make it anew even so. Default false
 * @throws what `check` refuses
 */
export async function checkDataset(
  { history, check }: CheckContext,
  { path, sha256 }: { readonly path: string; readonly sha256: string },
  again = false,
): Promise<DatasetHealth> {
  const known = again ? null : history.datasetHealth(sha256);
  if (known) return known;
  const report = await check(path);
  history.keepDatasetHealth(report);
  return report;
}

export interface CleanContext {
  readonly history: WritableHistory;
  /** In this process or in another one: `cleanDatasetFile` of `jobs/dataset-health.ts`. */
  readonly clean: (
    request: CleaningRequest,
  ) => Promise<{ readonly description: DatasetDescription; readonly cleaned: Cleaned }>;
}

/**
 * Writes a cleaned copy of a dataset file and adds it to the list. The source stays as it is.
 * @throws UserError `clean-choice` when nothing is chosen, `clean-exists`, `clean-source`; what `clean` refuses
 */
export async function cleanDataset(
  { history, clean }: CleanContext,
  path: string,
  { out, choice, force = false }: { readonly out: string; readonly choice: CleaningChoice; readonly force?: boolean },
): Promise<{ readonly entry: StoredDataset; readonly cleaned: Cleaned }> {
  if (!choice.trainingTwins && !choice.conflictingTest) {
    throw new UserError(
      'clean-choice',
      'Choose what the copy leaves out: training images with a twin in the test set, test images whose label contradicts a twin, or both.',
    );
  }
  if (resolve(out) === resolve(path)) {
    throw new UserError(
      'clean-source',
      `${out} is the dataset itself, which is never changed: name another file for the copy.`,
    );
  }
  if (!force && existsSync(out)) {
    throw new UserError('clean-exists', `${out} is there already: name another file, or add --force to replace it.`);
  }
  const { description, cleaned } = await clean({ path, out: resolve(out), choice });
  return { entry: addDataset(history, description), cleaned };
}
