import type { Front } from '../ipc/desk.js';
import type { Answering } from '../ipc/handle.js';
import { handlersOf } from '../ipc/handlers/index.js';
import { argumentSchemas } from '../ipc/schemas.js';
import { makeDesk, type Workshop } from './desk.js';
import type { HistoryWatch } from './history-watch.js';
import type { StartContext } from './start.js';

/**
 * The second half of the start, for which the window does not wait: schemas, jobs, the queue. Start by `import()`, because
 * what this file imports takes longer to load than everything before it.
 */
export function startRest(
  context: StartContext,
  front: Front,
  watch: HistoryWatch,
): { readonly workshop: Workshop; readonly answering: Answering } {
  const workshop = makeDesk(context, front, watch);
  watch.start();
  if (context.safe) workshop.queue.hold('safe start');
  return { workshop, answering: { handlers: handlersOf(workshop.desk), schemas: argumentSchemas } };
}
