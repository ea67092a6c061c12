import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { repeatRun } from '../../actions/repeat-run.js';
import { findRunDataset } from '../../actions/find-dataset.js';
import { LOG_FILE } from '../../run-folder.js';
import type { DatasetReference } from '../../vocabulary/dataset-reference.js';
import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';

/** Of a log, the window shows this much of its end. */
const LOG_BYTES = 256 * 1024;

export function runHandlers(context: HandlerContext): Pick<Handlers, Extract<keyof Handlers, `runs:${string}`>> {
  const { history, queue, dialogs } = context;
  const changed = (run: number): void => context.runsChanged([run]);
  // Models carry the name and the tags of their retraining, and go with it.
  const sendModels = (): void => context.push.send('models:changed', history.listModels());
  return {
    'runs:list': () => history.listRuns(),
    'runs:details': (run) => {
      const { summary, config, dataset, result, genotype, folder, trace } = history.getRun(run);
      return { summary, config, dataset, result, genotype, folder, trace };
    },
    'runs:epochs': (run, after) => ({
      // first, so that an epoch that another process writes meanwhile is asked for again and not left out
      position: history.getRun(run).summary.epoch,
      epochs: history.epochs(run, after),
      traces: history.traces(run, after),
    }),
    'runs:pause': (run) => queue.pause(run),
    'runs:resume': (run) => queue.resume(run),
    'runs:cancel': (run) => queue.cancel(run),
    'runs:delete': async (run) => {
      await queue.stop(run);
      history.deleteRun(run);
      context.runDeleted(run);
      context.push.send('runs:deleted', [run]);
      sendModels();
    },
    'runs:repeat': async (run) => {
      const inspect = (path: string) => context.tasks.run({ name: 'dataset:inspect', path });
      const repeated = await repeatRun({ history, inspect }, run, { queue: true });
      queue.added(repeated);
      return repeated;
    },
    'runs:rename': (run, name) => {
      history.renameRun(run, name);
      changed(run);
      sendModels();
    },
    'runs:note': (run, note) => {
      history.setNote(run, note);
      changed(run);
    },
    'runs:tag': (run, tags) => {
      history.setTags(run, tags);
      changed(run);
      sendModels();
    },
    'runs:reorder': (queued) => queue.reorder(queued),
    'runs:export': async (runs, format) => {
      const name = runs.length === 1 ? `run-${runs[0]}` : 'runs';
      const file = await dialogs.chooseSaveFile('Export Runs', `medforge-${name}.${format}`, format);
      return file === null ? false : context.runsExporter.export(file, runs, format);
    },
    'runs:cancelExport': () => context.runsExporter.cancel(),
    'runs:missingDataset': (run) => {
      const { path } = history.getRun(run).dataset;
      return existsSync(path) ? null : path;
    },
    'runs:findDataset': async (run, what) => {
      const place = await dialogs.findDataset(what, history.getRun(run).dataset.name);
      if (place === null) return null;
      const find = (reference: DatasetReference, at: string): Promise<string | null> =>
        context.tasks.run({ name: 'dataset:find', reference, place: at });
      const found = await findRunDataset({ history, find }, run, place);
      context.runsChanged(found.runs);
      context.push.send('datasets:changed', context.datasets.list());
      return found;
    },
    'runs:log': (run) => readEnd(join(history.runFolder(run), LOG_FILE), LOG_BYTES),
  };
}

/** The last whole lines of a text file; '' when there is none yet. */
async function readEnd(file: string, bytes: number): Promise<string> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - bytes);
    const buffer = Buffer.alloc(size - start);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
    const text = buffer.toString('utf8', 0, bytesRead);
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await handle.close();
  }
}
