import { UserError } from '../../errors.js';
import type { ImportChoices, Inspection } from '../../vocabulary/import-plan.js';
import { classFolders } from './class-folders.js';
import { folderAndTable } from './folder-and-table.js';
import { describePlace, openPlace, type Place } from './place.js';
import { partFolders } from './part-folders.js';
import type { PlannedImport, PlanOptions } from './plan-images.js';
import type { ImageSource } from './source.js';

export type { ImageKind } from './list-files.js';
export type { PlannedImage, PlannedImport, PlanOptions } from './plan-images.js';
export { openPlace, type Place } from './place.js';
export { requireDecided } from './problems.js';
export type { ImageSource } from './source.js';

/** Every format that can be imported; the first one that matches reads a place. */
export const IMAGE_SOURCES: readonly ImageSource[] = [folderAndTable, partFolders, classFolders];

/** @throws UserError `import-no-labels`: nothing tells the labels of the images */
export function findSource(place: Place): ImageSource {
  const source = IMAGE_SOURCES.find((candidate) => candidate.match(place));
  if (source !== undefined) return source;
  const { tables } = place.contents;
  const table = tables.length === 0 ? 'a table with --table' : `a table with --table (in the folder is ${tables[0]!})`;
  throw new UserError(
    'import-no-labels',
    `${place.path}: the classes of the images are not known. Put the images into one folder per class (at least two), or give ${table}.`,
  );
}

/** What lies at a location, before anything is chosen. @throws UserError as `openPlace` and `findSource` */
export async function inspectImport(
  choices: Pick<ImportChoices, 'location' | 'table' | 'reading'>,
  signal?: AbortSignal,
): Promise<Inspection> {
  const place = await openPlace(choices, { signal });
  return findSource(place).inspect(place);
}

/**
 * As `inspectImport`, also where nothing tells the labels yet: a table that is chosen next may.
 * @throws UserError as `openPlace`
 */
export async function inspectUnlabelled(
  choices: Pick<ImportChoices, 'location' | 'table' | 'reading'>,
  signal?: AbortSignal,
): Promise<Inspection> {
  const place = await openPlace(choices, { signal });
  const source = IMAGE_SOURCES.find((candidate) => candidate.match(place));
  return source?.inspect(place) ?? describePlace(place, 'images', 'Images without folders for the classes');
}

/** Plans an import from its choices. @throws UserError as `openPlace`, `findSource` and `planImages` */
export async function planImport(choices: ImportChoices, options: PlanOptions = {}): Promise<PlannedImport> {
  const place = await openPlace(choices, options);
  return findSource(place).plan(place, choices, options);
}
