import { UserError } from '../../errors.js';
import type { StoredDataset } from '../../history/interface.js';
import { searchConfig, type DatasetFacts } from '../../jobs/search-config.js';
import type { SearchConfig } from '../../vocabulary/run-config.js';
import { parameterRange } from '../../space/parameter-count.js';
import type { SearchRequest } from '../contract.js';
import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';

type SearchHandlers = Pick<Handlers, Extract<keyof Handlers, `search:${string}`>>;

export function searchHandlers({ history, queue, datasets, tasks }: HandlerContext): SearchHandlers {
  let estimate: AbortController | null = null;
  return {
    'search:range': (space) => parameterRange(space),
    'search:estimate': async (request) => {
      const config = configOf(datasets.file(request.dataset), request);
      if (queue.running !== null) {
        throw new UserError(
          'estimate-busy',
          'A run is going and the measurement would be wrong: the estimate is made when it has ended.',
        );
      }
      // Only the newest question counts; an older measurement would take its cores.
      estimate?.abort(new UserError('estimate-replaced', 'The settings changed; a new estimate is made.'));
      const mine = (estimate = new AbortController());
      const { seconds, imagesPerSecond, stepsPerEpoch } = await tasks.run(
        { name: 'search:estimate', config },
        { signal: mine.signal },
      );
      return { seconds, imagesPerSecond, stepsPerEpoch, batch: config.batch };
    },
    'search:start': (request) => {
      const stored = datasets.file(request.dataset);
      const config = configOf(stored, request);
      estimate?.abort(new UserError('estimate-replaced', 'The search starts.'));
      const run = history.createRun(config, {
        synthetic: stored.synthetic,
        queue: true,
        ...(request.name === undefined ? {} : { name: request.name }),
      });
      queue.added(run);
      return run;
    },
  };
}

function configOf(stored: StoredDataset, request: SearchRequest): SearchConfig {
  return searchConfig(factsOf(stored), request);
}

export function factsOf(stored: StoredDataset): DatasetFacts {
  const { id, name, path, sha256, bytes, channels, labels, samples } = stored;
  const catalogueId = id.startsWith('file:') ? null : id;
  return { name, path, sha256, bytes, channels, classes: labels.length, catalogueId, samples };
}
