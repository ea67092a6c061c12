import { receiveFiles } from '../../actions/receive-files.js';
import { UserError } from '../../errors.js';
import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';
import { addDatasetFiles } from './datasets.js';
import { predictFile } from './models.js';

/** What is dropped onto the window. The paths come from the preload script, which has them from the system. */
export function fileHandlers(context: HandlerContext): Pick<Handlers, 'files:receive'> {
  return {
    'files:receive': async (paths, model) => {
      const received = receiveFiles(paths);
      switch (received.kind) {
        case 'datasets':
          return { kind: 'datasets', entries: await addDatasetFiles(context, received.paths) };
        case 'import':
          return { kind: 'import', place: await context.imports.open(received.folder, received.table) };
        case 'bundle':
          return {
            kind: 'bundle',
            report: await context.tasks.run({ name: 'bundle:verify', folder: received.folder }),
          };
        case 'image':
          if (model === null) {
            throw new UserError(
              'drop-no-model',
              'Images are classified by a model: open a model in Models, then drop the image there.',
            );
          }
          return { kind: 'image', model, prediction: await predictFile(context, model, received.path) };
      }
    },
  };
}
