import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetReading } from '../vocabulary/dataset-reference.js';
import { catalogue } from './catalogue.js';
import type { Dataset } from './dataset.js';
import { loadDataset } from './medmnist.js';
import type { NpzOptions } from './npz.js';
import { refusal } from './refusal.js';

/**
 * Where dataset files live. Files that the program makes itself (downloads, the demo) lie in `<home>/datasets`. A file
 * that the user adds is never copied: images of patients stay in the one place where they are governed, and no disk
 * fills up. What is kept is a reference with its SHA-256, so that a file that was moved, replaced or sits on a drive that
 * is gone is noticed when it is used.
 */
export interface FileReference {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** A reference of a run, with what it takes the file for. */
export interface RunReference extends FileReference {
  readonly name?: string;
  /** Absent in runs of earlier versions. */
  readonly reading?: DatasetReading | undefined;
}

/** `<home>/datasets`: downloads and the demo dataset. */
export function datasetsFolder(home: string): string {
  return join(home, 'datasets');
}

/** The `.npz` files directly in a folder, by name, for adding a whole folder. @throws UserError `folder-unreadable` */
export async function listNpzFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries
      .filter((entry) => !entry.isDirectory() && entry.name.toLowerCase().endsWith('.npz'))
      .map(({ name }) => name);
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    throw refusal(
      'folder-unreadable',
      folder,
      'the folder cannot be read',
      'Check the path and the permissions',
      error,
    );
  }
}

/**
 * Loads the file of a reference and proves that it is still the same file, in one reading. Names, labels and mirroring are those
 * that the run was started with.
 * @throws UserError `dataset-changed` when its content is another one; else as `loadDataset`
 */
export async function loadReferenced(reference: RunReference, options: NpzOptions = {}): Promise<Dataset> {
  const { name, reading } = reference;
  const dataset = await loadDataset(reference.path, {
    ...options,
    mirrorsUnknown: mirroredFormerly(name),
    identify: ({ bytes, sha256 }) => {
      requireSame(reference, bytes, sha256);
    },
  });
  if (reading?.labels.length !== dataset.classes) return dataset;
  return { ...dataset, name: name ?? dataset.name, ...reading };
}

/** Runs of earlier versions knew the organ sets by their files' names, and mirrored everything else. */
function mirroredFormerly(name: string | undefined): boolean {
  return catalogue().find((entry) => entry.name === name)?.horizontalFlip ?? true;
}

/**
 * @param sha256 null when it is not known yet: a file of another size is another file, and need not be read
 * @throws UserError `dataset-changed`
 */
export function requireSame(reference: FileReference, bytes: number, sha256: string | null): void {
  if (bytes === reference.bytes && (sha256 ?? reference.sha256) === reference.sha256) return;
  const how =
    bytes === reference.bytes
      ? `its SHA-256 was ${reference.sha256} and is ${String(sha256)}`
      : `it had ${String(reference.bytes)} bytes and now has ${String(bytes)}`;
  const wrong = `the dataset file is not the one that the run was started with: ${how}`;
  throw refusal(
    'dataset-changed',
    reference.path,
    wrong,
    'Put the original back and resume the run, or start a new run on the new file',
  );
}
