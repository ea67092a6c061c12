import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { datasetsFolder } from '../datasets/library.js';
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
  throw new UserError('import-choices', `The import cannot be done so: ${sayIssue(parsed.error.issues[0]!)}.`);
}

/**
 * The file that an import of this name makes: readable where the name allows it, and never the name of another import.
 * @throws UserError `import-name-taken`
 */
export function pathOfImport(home: string, name: string): string {
  const plain = name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  const told = createHash('sha256').update(name.normalize('NFC')).digest('hex').slice(0, 8);
  const path = join(datasetsFolder(home), `${plain === '' ? 'import' : plain}-${told}.npz`);
  if (!existsSync(path)) return path;
  throw new UserError(
    'import-name-taken',
    `There is an imported dataset named “${name}” already (${path}). Give another name, or delete that file first.`,
  );
}
