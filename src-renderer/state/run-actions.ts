import type { RunSummary } from '../../src-main/ipc/contract.js';
import { plural } from '../logic/format.js';
import { isActive } from '../logic/run-table.js';
import { main } from './main-state.svelte.js';
import { confirm } from './confirm.svelte.js';
import { attempt, messages } from './problems.svelte.js';
import { view } from './view.svelte.js';

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
        ? `The run stops after the current step and cannot be resumed. The history keeps ${plural(run.epoch, 'finished epoch')}. To continue later, pause the run instead.`
        : 'No epoch has ended yet, so there is no result to keep.',
    action: 'Cancel the run',
    danger: true,
  });
  if (yes) await attempt(`“${run.name}” could not be cancelled`, () => window.medforge.invoke('runs:cancel', run.run));
}

/** As long the user can have deleted runs back. */
const UNDO_SECONDS = 10;

/**
 * Asks, and deletes. Runs that are over go from the window at once and from the disk when they can no longer be had back, so
 * that a program that ends before that has deleted nothing.
 * @returns false when the user keeps them
 */
export async function deleteRuns(runs: readonly RunSummary[]): Promise<boolean> {
  const first = runs[0];
  if (!first) return false;
  const numbers = runs.map(({ run }) => run);
  const active = runs.filter(({ state }) => isActive(state));
  const models = main.models.filter(({ run }) => numbers.includes(run)).length;
  const what = runs.length === 1 ? `“${first.name}”` : plural(runs.length, 'run');
  const yes = await confirm.ask({
    title: `Delete ${what}?`,
    body: [
      `Epochs, checkpoints and log of ${runs.length === 1 ? 'this run' : 'these runs'} will be removed from this computer.`,
      models > 0 ? `${plural(models, 'trained model')} will also be removed.` : '',
      active.length === 0
        ? `You can undo this for ${UNDO_SECONDS} seconds.`
        : `${runs.length === 1 ? 'It is' : plural(active.length, 'of them is', 'of them are')} still active and will be stopped; that cannot be undone.`,
      'Exported bundles stay where they are.',
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    action: runs.length === 1 ? 'Delete the run' : `Delete ${plural(runs.length, 'run')}`,
    danger: true,
  });
  if (!yes) return false;
  await Promise.all(active.map(deleteNow));
  const over = runs.filter((run) => !active.includes(run));
  if (over.length > 0) deleteLater(over, runs.length === 1 ? what : plural(over.length, 'run'));
  return true;
}

const deleteNow = (run: RunSummary): Promise<void> =>
  attempt(`“${run.name}” could not be deleted`, () => window.medforge.invoke('runs:delete', run.run));

function deleteLater(runs: readonly RunSummary[], what: string): void {
  const numbers = runs.map(({ run }) => run);
  main.leave(numbers);
  const timer = setTimeout(() => {
    void Promise.all(runs.map(deleteNow)).then(() => main.bringBack(numbers));
  }, UNDO_SECONDS * 1000);
  const undo = (): void => {
    clearTimeout(timer);
    main.bringBack(numbers);
  };
  messages.offer({ text: `${what} deleted`, tone: 'done', action: 'Undo', act: undo }, UNDO_SECONDS);
}

/** Starts a run with the settings of another. */
export async function repeatRun(run: RunSummary): Promise<void> {
  const started = await attempt(`“${run.name}” could not be run again`, () =>
    window.medforge.invoke('runs:repeat', run.run),
  );
  if (started !== undefined) view.go('search', started);
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
