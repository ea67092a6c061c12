import { basename } from 'node:path';
import { fileName, findCatalogued } from '../../datasets/catalogue.js';
import { UserError, windowText } from '../../errors.js';
import type { DatasetEntry } from '../contract.js';
import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';

/** Images of each class on the dataset's page. */
const SAMPLES_PER_CLASS = 8;

export function datasetHandlers(
  context: HandlerContext,
): Pick<Handlers, Extract<keyof Handlers, `datasets:${string}`>> {
  const { datasets, tasks, dialogs, checks } = context;
  return {
    'datasets:list': () => datasets.list(),
    'datasets:details': async (id) => {
      const entry = datasets.entry(id);
      const { path, sha256 } = datasets.file(id);
      const { sha256: found, ...read } = await tasks.run({
        name: 'dataset:samples',
        path,
        perClass: SAMPLES_PER_CLASS,
      });
      const samples = read.samples.map((one, k) => ({ ...one, label: entry.labels[k] ?? one.label }));
      return { entry, changed: found !== sha256, ...read, samples };
    },
    'datasets:add': () => addDatasets(context, 'files'),
    'datasets:remove': (id) => datasets.remove(id),
    'datasets:finding': (id, finding) => {
      const entry = datasets.setFinding(id, finding);
      // Sensitivity and specificity in the lists are about it.
      const { sha256 } = datasets.file(id);
      const models = context.history.listModels();
      const runs = new Set(models.filter((model) => model.sha256 === sha256).map(({ run }) => run));
      context.push.send('models:changed', models);
      if (runs.size > 0) context.runsChanged([...runs]);
      return entry;
    },
    'datasets:name': (id, names) => datasets.setNames(id, names),
    'datasets:mirroring': (id, horizontalFlip) => datasets.setMirroring(id, horizontalFlip),
    'datasets:demo': () => datasets.demo(),
    'datasets:download': async (id) => {
      const found = findCatalogued(id);
      if (!found) throw new UserError('dataset-unknown', `There is no dataset ${id} in the catalogue.`);
      const { entry, file } = found;
      const name = fileName(entry, file.size);
      if (await dialogs.confirmDownload(name, null, new URL(file.url).host, entry.licence)) await datasets.download(id);
    },
    'datasets:cancelDownload': (id) => datasets.cancelDownload(id),
    'datasets:health': (id) => checks.health(id),
    'datasets:check': (id) => checks.check(id),
    'datasets:pairs': (id, from, count) => checks.pairs(id, from, count),
    'datasets:clean': (id, wanted) => checks.clean(id, wanted),
    'datasets:stop': (id) => checks.stop(id),
  };
}

/**
 * Lets the user choose files or a folder and adds what is good. When nothing is, the first reason is thrown; when only
 * some is, the reasons of the others are shown as problems.
 * @returns null when the dialog was closed
 */
export async function addDatasets(context: HandlerContext, what: 'files' | 'folder'): Promise<DatasetEntry[] | null> {
  const paths = await context.dialogs.chooseDatasets(what);
  return paths.length === 0 ? null : addDatasetFiles(context, paths);
}

/** As {@link addDatasets}, of files and folders that were chosen otherwise. */
export async function addDatasetFiles(context: HandlerContext, paths: readonly string[]): Promise<DatasetEntry[]> {
  const { added, refused } = await context.datasets.add(paths, (path) => context.dialogs.chooseLabels(basename(path)));
  const [first] = refused;
  if (first && added.length === 0) throw first;
  for (const error of refused)
    context.push.send('app:problem', { title: 'A file was not added', message: windowText(error) });
  return added;
}

/** For the menu: as `datasets:add`, with errors shown as a problem. */
export async function addDatasetFolder(context: HandlerContext): Promise<void> {
  try {
    await addDatasets(context, 'folder');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.push.send('app:problem', { title: 'No dataset was added', message: error.message });
  }
}
