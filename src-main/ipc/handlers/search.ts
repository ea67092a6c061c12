import { readBudget } from '../../actions/read-budget.js';
import { requireBackend } from '../../actions/require-backend.js';
import { searchDataset, startSearch } from '../../actions/start-search.js';
import { searchConfig } from '../../jobs/search-config.js';
import { parameterRange } from '../../space/parameter-count.js';
import { searchMethods, type RegisteredMethod } from '../../search/methods/registry.js';
import type { SearchMethodEntry } from '../contract.js';
import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';
import { Measurements } from './measurements.js';

type SearchHandlers = Pick<Handlers, Extract<keyof Handlers, `search:${string}`>>;

export function searchHandlers(context: HandlerContext, measurements = new Measurements(context)): SearchHandlers {
  const { history, queue, datasets } = context;
  return {
    'search:range': (space) => parameterRange(space),
    'search:budget': (space, fields) => readBudget(space, fields),
    'search:methods': () => searchMethods().flatMap(entriesOf),
    'search:estimate': async (request) => {
      const config = searchConfig(searchDataset(datasets.file(request.dataset)), request);
      const measured = await measurements.measure({
        ...{ name: 'search:estimate', config, home: history.home },
        door: 'window',
      });
      return { ...measured, epochs: config.epochs, batch: config.batch };
    },
    'search:start': async (request) => {
      await requireBackend(request.backend, () => context.devices());
      const dataset = searchDataset(datasets.file(request.dataset));
      const { times } = measurements;
      const run = startSearch(history, dataset, request, { name: request.name, queue: true, times });
      measurements.end('The search starts.');
      queue.added(run);
      return run;
    },
  };
}

/** Default and published settings of a method. */
function entriesOf({ id: method, label, published }: RegisteredMethod): SearchMethodEntry[] {
  const entries: SearchMethodEntry[] = [{ method, label, settings: {}, published: false }];
  if (!published) return entries;
  const settings = published as SearchMethodEntry['settings'];
  return [...entries, { method, label: `${label}, as published`, settings, published: true }];
}
