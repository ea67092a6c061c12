import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { ownFile } from '../datasets/own-file.js';
import type { DatasetDescription } from '../datasets/medmnist.js';
import { UserError } from '../errors.js';
import type { StoredDataset, WritableHistory } from '../history/interface.js';
import { imageImportSchema, type ImageImport } from '../vocabulary/image-import.js';
import { sayIssue } from '../schema-issue.js';
import { addDataset } from './add-dataset.js';
import { removeKilledImports } from './killed-imports.js';

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
  await removeKilledImports(home);
  try {
    const description = await importImages(wanted, path);
    return { entry: addDataset(history, description), description };
  } catch (error) {
    // also where its process was ended in the middle
    await rm(path, { force: true });
    await removeKilledImports(home);
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
