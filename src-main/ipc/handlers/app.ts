import { measureDataFolder } from '../../actions/data-folder.js';
import { UserError } from '../../errors.js';
import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';

type AppHandlers = Pick<Handlers, 'app:remember' | 'app:prefer' | 'app:dataFolder' | 'app:showFolder' | 'devices:list'>;

export function appHandlers(context: HandlerContext): AppHandlers {
  const { history, devices } = context;
  return {
    'devices:list': async () => [...(await devices())],
    'app:remember': (view) => history.setSetting('view', view),
    'app:prefer': (preferences) => {
      history.setSetting('preferences', preferences);
      context.showTheme(preferences.theme);
    },
    'app:dataFolder': () => measureDataFolder(history.home),
    'app:showFolder': (what) => {
      if ('run' in what) return context.showFolder(history.getRun(what.run).folder);
      if ('bundle' in what) return context.showFolder(bundleFolder(context, what.bundle));
      return context.showFolder(history.home);
    },
  };
}

function bundleFolder({ history }: HandlerContext, bundle: number): string {
  const bundles = history.listModels().flatMap((model) => model.bundles);
  const found = bundles.find((candidate) => candidate.bundle === bundle);
  if (!found) throw new UserError('bundle-unknown', `There is no bundle ${bundle} in the history.`);
  return found.folder;
}
