import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { catalogue } from '../datasets/catalogue.js';
import { UserError } from '../errors.js';
import type { ReadableHistory } from '../history/interface.js';

/**
 * The file of a DATASET argument: a path, or a name or id of an added file.
 * @throws UserError `dataset-unknown`, saying how to get the file
 */
export function findDataset(history: ReadableHistory, argument: string): string {
  if (existsSync(argument)) return resolve(argument);
  const wanted = argument.toLowerCase();
  const stored = history.listDatasets().find(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
  if (stored) return stored.path;
  const entry = catalogue().find(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
  if (entry) {
    throw new UserError(
      'dataset-unknown',
      `${entry.name} is in the catalogue but its file is not on this computer: ` +
        `add it with 'medforge datasets add FILE.npz' or download it with 'medforge datasets get ${entry.id}'`,
    );
  }
  throw new UserError(
    'dataset-unknown',
    `there is no file or dataset named ${argument}: give the path of a .npz file or a name from 'medforge datasets list'`,
  );
}
