import { catalogue } from '../../datasets/catalogue.js';
import { UserError } from '../../errors.js';
import type { DatasetEntry } from '../contract.js';
import type { Desk } from '../desk.js';
import type { Handlers } from '../handle.js';

/** Images of each class on the dataset's page. */
const SAMPLES_PER_CLASS = 8;

export function datasetHandlers(desk: Desk): Pick<Handlers, Extract<keyof Handlers, `datasets:${string}`>> {
  const { shelf, tasks, dialogs } = desk;
  return {
    'datasets:list': () => shelf.list(),
    'datasets:details': async (id) => {
      const entry = shelf.entry(id);
      const { path } = shelf.file(id);
      return { entry, ...(await tasks.run({ name: 'dataset:samples', path, perClass: SAMPLES_PER_CLASS })) };
    },
    'datasets:add': () => addDatasets(desk, 'files'),
    'datasets:remove': (id) => shelf.remove(id),
    'datasets:demo': () => shelf.demo(),
    'datasets:download': async (id) => {
      const entry = catalogue().find((candidate) => candidate.id === id);
      if (!entry) throw new UserError('dataset-unknown', `There is no dataset ${id} in the catalogue.`);
      const { host } = new URL(entry.url);
      if (await dialogs.confirmDownload(entry.name, null, host, entry.licence)) await shelf.download(id);
    },
    'datasets:cancelDownload': (id) => shelf.cancelDownload(id),
  };
}

/**
 * Lets the user choose files or a folder and adds what is good. When nothing is, the first reason is thrown; when only
 * some is, the reasons of the others are shown as problems.
 * @returns null when the dialog was closed
 */
export async function addDatasets(desk: Desk, what: 'files' | 'folder'): Promise<DatasetEntry[] | null> {
  const paths = await desk.dialogs.chooseDatasets(what);
  if (paths.length === 0) return null;
  const { added, refused } = await desk.shelf.add(paths);
  const [first] = refused;
  if (first && added.length === 0) throw first;
  for (const { message } of refused) desk.push.send('app:problem', { title: 'A file was not added', message });
  return added;
}

/** For the menu: as `datasets:add`, with errors shown as a problem. */
export async function addDatasetFolder(desk: Desk): Promise<void> {
  try {
    await addDatasets(desk, 'folder');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    desk.push.send('app:problem', { title: 'No dataset was added', message: error.message });
  }
}
