import { app } from 'electron';
import { availableParallelism } from 'node:os';
import type { WritableHistory } from '../history/interface.js';
import type { RememberedView } from '../ipc/contract.js';
import type { Front } from '../ipc/desk.js';
import type { Push } from '../ipc/push.js';
import type { TaskRunner } from '../jobs/host-task.js';
import { DatasetShelf } from './dataset-shelf.js';
import type { HistoryWatch } from './history-watch.js';
import type { StartContext } from './start.js';
import { startTime } from './start-time.js';

export interface OpenFront extends Front {
  /** Settles when the window shows its first data and answers. */
  readonly answered: Promise<void>;
}

const PLACES: readonly unknown[] = ['datasets', 'search', 'history', 'models'] satisfies RememberedView['place'][];

/**
 * What the first picture of the window needs, and no more: what is imported here is loaded before the window answers.
 * @param tasks comes later, with everything else
 */
export function makeFront(
  context: StartContext,
  history: WritableHistory,
  push: Push,
  watch: HistoryWatch,
  tasks: Promise<TaskRunner>,
): OpenFront {
  const tellStart = startTime(context.log);
  let answer!: () => void;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  return {
    history,
    push,
    shelf: new DatasetShelf(history, tasks, (entries) => push.send('datasets:changed', entries)),
    version: app.getVersion(),
    cores: availableParallelism(),
    lastView: () => (context.safe ? null : rememberedView(history)),
    firstRuns: (wanted) => watch.first(wanted),
    answered,
    shown() {
      context.starts.succeeded();
      tellStart();
      watch.tellOthers();
      answer();
    },
  };
}

function rememberedView(history: WritableHistory): RememberedView | null {
  const saved = history.getSetting('view');
  if (typeof saved !== 'object' || saved === null) return null;
  const { place, run } = saved as Record<string, unknown>;
  const isView = PLACES.includes(place) && (run === null || Number.isSafeInteger(run));
  return isView ? ({ place, run } as RememberedView) : null;
}
