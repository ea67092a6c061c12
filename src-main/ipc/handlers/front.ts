import type { Front } from '../desk.js';
import type { Handlers } from '../handle.js';

/** What the page asks first. */
export function frontHandlers(front: Front): Pick<Handlers, 'app:state' | 'app:shown'> {
  const { history, push, shelf } = front;
  return {
    'app:state': () => {
      setImmediate(() => push.tellEarly());
      const lastView = front.lastView();
      return {
        version: front.version,
        home: history.home,
        cores: front.cores,
        lastView,
        runs: front.firstRuns(lastView?.run ?? null),
        datasets: shelf.list(),
        models: history.listModels(),
      };
    },
    'app:shown': () => front.shown(),
  };
}
