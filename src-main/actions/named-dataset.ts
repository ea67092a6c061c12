import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileId, fileName, findCatalogued } from '../datasets/catalogue.js';
import { UserError } from '../errors.js';
import type { ReadableHistory } from '../history/interface.js';
import { asChosen } from './dataset-choices.js';

/**
 * The file of a dataset that is called by a path, or an id, a name or a file's name of an added file.
 * @throws UserError `dataset-unknown`, saying how to get the file
 */
export function findDataset(history: ReadableHistory, argument: string): string {
  if (existsSync(argument)) return resolve(argument);
  const wanted = argument.toLowerCase();
  const all = history.listDatasets().map((stored) => asChosen(history, stored));
  const stored =
    all.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted) ??
    all.find(({ path }) => basename(path).toLowerCase() === wanted);
  if (stored) return stored.path;
  const catalogued = findCatalogued(argument);
  if (catalogued) {
    const { entry, file } = catalogued;
    const id = fileId(entry, file.size);
    const here = all.filter((other) => findCatalogued(other.id)?.entry.id === entry.id).map((other) => other.id);
    const others = here.length > 0 ? ` (${here.join(', ')} is here)` : '';
    const official = all.find(({ id }) => id === fileId(entry, file.size));
    if (official) return official.path;
    throw new UserError(
      'dataset-unknown',
      `${fileName(entry, file.size)} is in the catalogue but its file is not on this computer${others}: ` +
        `add it with 'medforge datasets add FILE.npz' or download it with 'medforge datasets get ${id}'`,
    );
  }
  throw new UserError(
    'dataset-unknown',
    `there is no file or dataset named ${argument}: give the path of a .npz file or a name from 'medforge datasets list'`,
  );
}
