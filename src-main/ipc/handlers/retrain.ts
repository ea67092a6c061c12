import { startRetraining } from '../../actions/start-retraining.js';
import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';

export function retrainHandlers({ history, queue, tasks }: HandlerContext): Pick<Handlers, 'retrain:start'> {
  const inspect = (path: string) => tasks.run({ name: 'dataset:inspect', path });
  return {
    'retrain:start': async ({ run: search, ...choices }) => {
      const run = await startRetraining({ history, inspect }, { run: search }, choices, { queue: true });
      queue.added(run);
      return run;
    },
  };
}
