import { app } from 'electron';
import { availableParallelism } from 'node:os';
import type { WritableHistory } from '../history/interface.js';
import type { RememberedView } from '../ipc/contract.js';
import type { StartupData } from '../ipc/handler-context.js';
import type { Push } from '../ipc/push.js';
import type { TaskRunner } from '../jobs/task-runner.js';
import { readPreferences } from '../vocabulary/preferences.js';
import { AppDatasetList } from './dataset-list.js';
import type { HistoryWatch } from './history-watch.js';
import type { StartContext } from './start-context.js';
import { startTime } from './start-time.js';

export interface Startup {
  readonly data: StartupData;
  /** Settles when the window shows its first data and answers. */
  readonly answered: Promise<void>;
}

const PLACES: readonly unknown[] = [
  'datasets',
  'search',
  'history',
  'models',
  'studies',
] satisfies RememberedView['place'][];

/**
 * What the window shows first, and no more: what is imported here is loaded before the window answers.
 * @param tasks comes later, with everything else
 */
export function createStartupData(
  context: StartContext,
  history: WritableHistory,
  push: Push,
  watch: HistoryWatch,
  tasks: Promise<TaskRunner>,
): Startup {
  const logStartTime = startTime(context.log);
  let answer!: () => void;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const data: StartupData = {
    history,
    push,
    datasets: new AppDatasetList(history, tasks, (entries) => push.send('datasets:changed', entries)),
    version: app.getVersion(),
    cores: availableParallelism(),
    lastView: () => (context.safe ? null : rememberedView(history)),
    preferences: () => readPreferences(context.safe ? null : history.getSetting('preferences')),
    newestRuns: (wanted) => watch.first(wanted),
    shown() {
      context.starts.succeeded();
      logStartTime();
      watch.sendRemaining();
      answer();
    },
  };
  return { data, answered };
}

function rememberedView(history: WritableHistory): RememberedView | null {
  const saved = history.getSetting('view');
  if (typeof saved !== 'object' || saved === null) return null;
  const { place, run } = saved as Record<string, unknown>;
  const isView = PLACES.includes(place) && (run === null || Number.isSafeInteger(run));
  return isView ? ({ place, run } as RememberedView) : null;
}
