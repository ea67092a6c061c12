import { UserError } from '../../errors.js';
import type { Desk } from '../desk.js';
import type { Handlers } from '../handle.js';

type AppHandlers = Pick<Handlers, 'app:remember' | 'app:showFolder' | 'devices:list'>;

export function appHandlers(desk: Desk): AppHandlers {
  const { history, tasks } = desk;
  return {
    'devices:list': async () => [...(await tasks.run({ name: 'devices' }))],
    'app:remember': (view) => history.setSetting('view', view),
    'app:showFolder': (what) => {
      if ('run' in what) return desk.showFolder(history.getRun(what.run).folder);
      if ('bundle' in what) return desk.showFolder(bundleFolder(desk, what.bundle));
      return desk.showFolder(history.home);
    },
  };
}

function bundleFolder({ history }: Desk, bundle: number): string {
  const bundles = history.listModels().flatMap((model) => model.bundles);
  const found = bundles.find((candidate) => candidate.bundle === bundle);
  if (!found) throw new UserError('bundle-unknown', `There is no bundle ${bundle} in the history.`);
  return found.folder;
}
