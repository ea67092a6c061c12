import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { datasetsFolder } from '../datasets/library.js';
import { ownFile } from '../datasets/own-file.js';
import type { DatasetDescription } from '../datasets/medmnist.js';
import { temporaryOwner } from '../durable-file.js';
import { UserError } from '../errors.js';
import type { StoredDataset, WritableHistory } from '../history/interface.js';
import { imageImportSchema, type ImageImport } from '../vocabulary/image-import.js';
import { sayIssue } from '../schema-issue.js';
import { addDataset } from './add-dataset.js';

export interface ImportContext {
  readonly home: string;
  readonly history: WritableHistory;
  /** `importImages` of `datasets/import/`, in this process or in another one. */
  readonly importImages: (wanted: ImageImport, path: string) => Promise<DatasetDescription>;
}

export interface ImportedDataset {
  readonly entry: StoredDataset;
  readonly description: DatasetDescription;
}

/**
 * Imports images of a person's own into a dataset file in the data folder and adds it to the list.
 * @throws UserError `import-name-taken`; `import-choices`; what `importImages` refuses
 */
export async function importDataset(
  { home, history, importImages }: ImportContext,
  wanted: ImageImport,
): Promise<ImportedDataset> {
  const path = pathOfImport(home, wanted.name);
  await removeLeftovers(datasetsFolder(home));
  try {
    const description = await importImages(wanted, path);
    return { entry: addDataset(history, description), description };
  } catch (error) {
    // also where its process was ended in the middle
    await rm(path, { force: true });
    await removeLeftovers(datasetsFolder(home));
    throw error;
  }
}

/** Choices of an import from outside, checked. @throws UserError `import-choices` */
export function parseImport(wanted: unknown): ImageImport {
  const parsed = imageImportSchema.safeParse(wanted);
  if (parsed.success) return parsed.data;
  throw new UserError('import-choices', `The import settings cannot be used: ${sayIssue(parsed.error.issues[0]!)}.`);
}

/**
 * The file that an import of this name makes.
 * @throws UserError `import-name-taken`
 */
export function pathOfImport(home: string, name: string): string {
  const path = ownFile(home, name);
  if (!existsSync(path)) return path;
  throw new UserError(
    'import-name-taken',
    `An imported dataset named “${name}” already exists (${path}). Give another name, or delete that file first.`,
  );
}

/** What imports and cleaned copies left behind that were killed. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [] as string[])) {
    const owner = temporaryOwner(name);
    if (owner !== null && !isAlive(owner)) await rm(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
