import type { RunSummary } from '../../src-main/ipc/contract.js';
import { plural } from '../logic/format.js';
import { isActive } from '../logic/run-table.js';
import { confirm } from './confirm.svelte.js';
import { attempt, messages } from './problems.svelte.js';

/** What the user can do with a run. Whatever loses something asks first; whatever fails says so. */

export const pauseRun = (run: RunSummary): Promise<void> =>
  attempt(`“${run.name}” could not be paused`, () => window.medforge.invoke('runs:pause', run.run));

export const resumeRun = (run: RunSummary): Promise<void> =>
  attempt(`“${run.name}” could not be resumed`, () => window.medforge.invoke('runs:resume', run.run));

export async function cancelRun(run: RunSummary): Promise<void> {
  const yes = await confirm.ask({
    title: `Cancel “${run.name}”?`,
    body:
      run.epoch > 0
        ? `It stops after the current step. Its ${plural(run.epoch, 'finished epoch')} stay in the history, but it cannot be resumed. To go on later, pause it instead.`
        : 'No epoch has ended yet, so there is no result to keep.',
    action: 'Cancel the run',
    danger: true,
  });
  if (yes) await attempt(`“${run.name}” could not be cancelled`, () => window.medforge.invoke('runs:cancel', run.run));
}

export async function deleteRuns(runs: readonly RunSummary[]): Promise<boolean> {
  const first = runs[0];
  if (!first) return false;
  const working = runs.filter(({ state }) => isActive(state)).length;
  const yes = await confirm.ask({
    title: runs.length === 1 ? `Delete “${first.name}”?` : `Delete ${plural(runs.length, 'run')}?`,
    body:
      `Epochs, checkpoints, log and models of ${runs.length === 1 ? 'this run' : 'these runs'} are removed from this computer. ` +
      `This cannot be undone.${working > 0 ? ` ${plural(working, 'of them is', 'of them are')} still active and will be stopped.` : ''} ` +
      `Exported bundles stay where they are.`,
    action: runs.length === 1 ? 'Delete the run' : `Delete ${plural(runs.length, 'run')}`,
    danger: true,
  });
  if (!yes) return false;
  for (const run of runs) {
    await attempt(`“${run.name}” could not be deleted`, () => window.medforge.invoke('runs:delete', run.run));
  }
  return true;
}

export async function exportRuns(runs: readonly number[], format: 'csv' | 'json'): Promise<void> {
  const saved = await attempt('The runs could not be exported', () =>
    window.medforge.invoke('runs:export', runs, format),
  );
  if (saved) messages.say(`${plural(runs.length, 'run')} exported as ${format.toUpperCase()}`);
}

export const cancelRunsExport = (): Promise<void> =>
  attempt('The export could not be cancelled', () => window.medforge.invoke('runs:cancelExport'));

/** Moves a queued run one place up (−1) or down (+1). */
export async function moveInQueue(queued: readonly RunSummary[], run: RunSummary, by: -1 | 1): Promise<void> {
  const order = queued.map((entry) => entry.run);
  const from = order.indexOf(run.run);
  const to = from + by;
  if (from < 0 || to < 0 || to >= order.length) return;
  order.splice(to, 0, ...order.splice(from, 1));
  await attempt('The queue could not be reordered', () => window.medforge.invoke('runs:reorder', order));
}

export const showFolder = (what: { run: number } | { bundle: number } | { home: true }): Promise<void> =>
  attempt('The folder could not be shown', () => window.medforge.invoke('app:showFolder', what));
