import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
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
 * Loads the file of a reference and proves that it is still the same file.
 * @throws UserError `dataset-changed` when its content is another one; else as `loadDataset`
 */
export async function loadReferenced(reference: FileReference, options: NpzOptions = {}): Promise<Dataset> {
  // a file of another size is another file: no need to read it
  const size = await stat(reference.path).then(
    (found) => found.size,
    () => reference.bytes,
  );
  if (size !== reference.bytes)
    throw changed(reference, `it had ${String(reference.bytes)} bytes and now has ${String(size)}`);
  const dataset = await loadDataset(reference.path, options);
  if (dataset.sha256 !== reference.sha256) throw changed(reference, 'its SHA-256 is another one');
  return dataset;
}

function changed(reference: FileReference, how: string): Error {
  const wrong = `the dataset file is not the one that this run was started with: ${how}`;
  return refusal(
    'dataset-changed',
    reference.path,
    wrong,
    'Put the original file back, or start a new run on the new file',
  );
}
