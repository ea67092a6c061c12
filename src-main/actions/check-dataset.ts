import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CleaningChoice } from '../datasets/health/clean.js';
import type { DatasetDescription } from '../datasets/medmnist.js';
import { UserError } from '../errors.js';
import type { KeptHealth, StoredDataset, WritableHistory } from '../history/interface.js';
import type { CleaningRequest, ExpectedFile } from '../jobs/dataset-health.js';
import type { DatasetHealth } from '../vocabulary/dataset-health.js';
import type { Cleaned } from '../vocabulary/dataset-manifest.js';
import { addDataset } from './add-dataset.js';
import { requireName, type ChosenSubject } from './dataset-choices.js';
import { chooseFinding, findingOf } from './finding.js';

export interface CheckContext {
  readonly history: WritableHistory;
  /** In this process or in another one: `checkDatasetFile` of `jobs/dataset-health.ts`. */
  readonly check: (file: ExpectedFile) => Promise<DatasetHealth>;
}

/**
 * The health report of a dataset file: the one that is remembered of its content, or a new one, which is remembered.
 * @param again make it anew even so. Default false
 * @throws what `check` refuses
 */
export async function checkDataset(
  { history, check }: CheckContext,
  { path, sha256 }: ExpectedFile,
  again = false,
): Promise<KeptHealth> {
  const known = again ? null : history.datasetHealth(sha256);
  return known ?? history.keepDatasetHealth(await check({ path, sha256 }));
}

export interface CleanContext {
  readonly history: WritableHistory;
  /** In this process or in another one: `cleanDatasetFile` of `jobs/dataset-health.ts`. */
  readonly clean: (
    request: CleaningRequest,
  ) => Promise<{ readonly description: DatasetDescription; readonly cleaned: Cleaned }>;
}

export interface CleanOptions {
  readonly out: string;
  readonly choice: CleaningChoice;
  /** Of the copy. Default: that of its source with "(cleaned)" behind it. */
  readonly name?: string | undefined;
  /** Replace a file that is there. Default false. */
  readonly force?: boolean;
}

/**
 * Writes a cleaned copy of a dataset file and adds it to the list. The source stays as it is; names of classes, mirroring and finding that
 * the user chose for it are those of the copy too.
 * @param source under the names that the user gave it
 * @throws UserError `clean-choice` when nothing is chosen, `clean-exists`, `clean-source`, `dataset-name`; what `clean` refuses
 */
export async function cleanDataset(
  { history, clean }: CleanContext,
  source: ChosenSubject & ExpectedFile,
  { out, choice, name, force = false }: CleanOptions,
): Promise<{ readonly entry: StoredDataset; readonly cleaned: Cleaned }> {
  if (!choice.trainingTwins && !choice.conflictingTest) {
    throw new UserError(
      'clean-choice',
      'Choose what the copy leaves out: training images with a twin in the test set, test images whose label contradicts a twin, or both.',
    );
  }
  const { path, sha256, labels, horizontalFlip } = source;
  if (resolve(out) === resolve(path)) {
    throw new UserError(
      'clean-source',
      `${out} is the dataset itself, which is never changed: name another file for the copy.`,
    );
  }
  if (!force && existsSync(out)) {
    throw new UserError('clean-exists', `${out} is there already: name another file, or add --force to replace it.`);
  }
  const named = { name: name === undefined ? `${source.name} (cleaned)` : requireName(name), labels, horizontalFlip };
  const { description, cleaned } = await clean({ path, sha256, out: resolve(out), choice, named });
  const entry = addDataset(history, description);
  const finding = findingOf(history, source);
  if (finding !== findingOf(history, entry)) chooseFinding(history, entry, finding);
  return { entry, cleaned };
}
