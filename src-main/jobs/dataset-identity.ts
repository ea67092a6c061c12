import { stat } from 'node:fs/promises';
import { hashFile } from '../datasets/index.js';
import { UserError } from '../errors.js';
import type { DatasetReference } from '../vocabulary/dataset-reference.js';

/** Size and time of a file when it was checked, to see cheaply whether it has to be checked again. */
export interface CheckedFile {
  readonly bytes: number;
  readonly modified: bigint;
}

/**
 * Makes sure that the file of a run is still the one that it was started with.
 * @throws UserError `dataset-missing`, `dataset-changed`
 */
export async function checkDataset(run: number, reference: DatasetReference): Promise<CheckedFile> {
  const { path, sha256, bytes } = reference;
  let found;
  let file;
  try {
    file = await stat(path, { bigint: true });
    found = await hashFile(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      'dataset-missing',
      `Run ${run} needs the dataset file ${path}, which cannot be read: put it back or connect its drive, then resume the run (${reason}).`,
      { cause: error },
    );
  }
  if (found.sha256 !== sha256 || found.bytes !== bytes) {
    throw new UserError(
      'dataset-changed',
      `The dataset file ${path} is not the one that run ${run} was started with: SHA-256 was ${sha256} (${bytes} bytes), ` +
        `is ${found.sha256} (${found.bytes} bytes). Put the original back and resume the run, or start a new one.`,
    );
  }
  return { bytes: Number(file.size), modified: file.mtimeNs };
}

/** After a run: a word of warning when the file was changed or removed while the run held its content in memory. */
export async function datasetWarning(
  run: number,
  reference: DatasetReference,
  checked: CheckedFile,
): Promise<string | null> {
  const now = await stat(reference.path, { bigint: true }).catch(() => null);
  if (now && Number(now.size) === checked.bytes && now.mtimeNs === checked.modified) return null;
  try {
    await checkDataset(run, reference);
    return null;
  } catch (error) {
    return `The run used the content it had read at its start. Since then: ${error instanceof Error ? error.message : String(error)}`;
  }
}
