import { asChosen } from '../../actions/dataset-choices.js';
import { estimateRetraining } from '../../actions/estimate-retraining.js';
import { requireBackend } from '../../actions/require-backend.js';
import { startRetraining } from '../../actions/start-retraining.js';
import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';
import { Measurements } from './measurements.js';

type RetrainHandlers = Pick<Handlers, Extract<keyof Handlers, `retrain:${string}`>>;

export function retrainHandlers(context: HandlerContext, measurements = new Measurements(context)): RetrainHandlers {
  const { history, queue, tasks } = context;
  const inspect = async (path: string) => asChosen(history, await tasks.run({ name: 'dataset:inspect', path }));
  return {
    'retrain:estimate': async ({ run: search, ...choices }) => {
      const { config, ...measured } = await estimateRetraining(
        {
          history,
          inspect,
          measure: (config) =>
            measurements.measure({ name: 'retrain:estimate', config, home: history.home, door: 'window' }),
        },
        { run: search },
        choices,
      );
      return { ...measured, batch: config.batch };
    },
    'retrain:start': async ({ run: search, name, ...choices }) => {
      await requireBackend(choices.backend ?? 'auto', () => context.devices());
      const { times } = measurements;
      const run = await startRetraining({ history, inspect }, { run: search }, choices, { name, queue: true, times });
      measurements.end('The retraining starts.');
      queue.added(run);
      return run;
    },
  };
}
