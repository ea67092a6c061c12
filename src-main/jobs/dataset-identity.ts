import { stat } from 'node:fs/promises';
import type { Dataset } from '../datasets/dataset.js';
import { hashFile } from '../datasets/index.js';
import { loadReferenced, requireSame } from '../datasets/library.js';
import { UserError } from '../errors.js';
import type { DatasetReference } from '../vocabulary/dataset-reference.js';

/** The content of a run's dataset, and a word at the end when its file is another one by then. */
export interface RunDataset {
  readonly dataset: Dataset;
  /** A warning when the file was changed or removed since it was read, null otherwise. */
  warning(): Promise<string | null>;
}

/**
 * Reads the dataset file of a run, which must still be the one that the run was started with.
 * @throws UserError `dataset-missing`, `dataset-changed`; else as `loadDataset`
 */
export async function readRunDataset(
  run: number,
  reference: DatasetReference,
  signal: AbortSignal,
): Promise<RunDataset> {
  const { path } = reference;
  try {
    const before = await stat(path, { bigint: true });
    const dataset = await loadReferenced(reference, { signal });
    return {
      dataset,
      async warning() {
        const now = await stat(path, { bigint: true }).catch(() => null);
        return now?.size === before.size && now.mtimeNs === before.mtimeNs ? null : changeOf(reference);
      },
    };
  } catch (error) {
    if (error instanceof UserError ? !UNREADABLE.has(error.kind) : !isSystemError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      'dataset-missing',
      `Run ${run} needs the dataset file ${path}, which cannot be read: put it back, connect its drive, or find it ` +
        `('medforge runs find-dataset ${run} FILE'), then resume the run (${reason}).`,
      { cause: error },
    );
  }
}

const UNREADABLE = new Set(['file-missing', 'file-unreadable', 'file-not-regular', 'file-changed']);

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

async function changeOf(reference: DatasetReference): Promise<string | null> {
  try {
    const { sha256, bytes } = await hashFile(reference.path);
    requireSame(reference, bytes, sha256);
    return null;
  } catch (error) {
    return `The run used the content it read at its start. Since then: ${error instanceof Error ? error.message : String(error)}`;
  }
}
