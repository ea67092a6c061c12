import { LIMITS, RACE_DEFAULTS } from '../../vocabulary/limits.js';
import type { StartupData } from '../handler-context.js';
import type { Handlers } from '../handle.js';

/** What the page asks first. */
export function createStartupHandlers(startup: StartupData): Pick<Handlers, 'app:state' | 'app:shown'> {
  const { history, push, datasets } = startup;
  return {
    'app:state': () => {
      setImmediate(() => push.sendStartupProblems());
      const lastView = startup.lastView();
      return {
        version: startup.version,
        home: history.home,
        cores: startup.cores,
        limits: LIMITS,
        raceDefaults: RACE_DEFAULTS,
        preferences: startup.preferences(),
        lastView,
        runs: startup.newestRuns(lastView?.run ?? null),
        datasets: datasets.list(),
        models: history.listModels(),
      };
    },
    'app:shown': () => startup.shown(),
  };
}
