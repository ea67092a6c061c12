import { UserError } from '../../errors.js';
import { retrainConfig } from '../../jobs/retrain-config.js';
import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';

export function retrainHandlers({ history, queue, tasks }: HandlerContext): Pick<Handlers, 'retrain:start'> {
  return {
    'retrain:start': async (request) => {
      const { config, genotype, dataset, summary } = history.getRun(request.run);
      if (config.kind !== 'search' || genotype === null) {
        throw new UserError(
          'retrain-source',
          `${summary.name} has no architecture to train: choose a finished search.`,
        );
      }
      const description = await tasks.run({ name: 'dataset:inspect', path: dataset.path });
      if (description.sha256 !== dataset.sha256) {
        throw new UserError(
          'dataset-changed',
          `${dataset.path} is no longer the file that was searched on: put it back.`,
        );
      }
      const { channels, cells } = config.space;
      const { run: searchRun, ...choices } = request;
      const retraining = retrainConfig(description, { genotype, channels, cells, searchRun }, choices);
      const run = history.createRun(retraining, { synthetic: description.synthetic, queue: true });
      queue.added(run);
      return run;
    },
  };
}
