import type { StartupData } from '../ipc/handler-context.js';
import type { CheckedHandlers } from '../ipc/handle.js';
import { createHandlers } from '../ipc/handlers/index.js';
import { argumentSchemas } from '../ipc/schemas.js';
import { createBackgroundServices, type BackgroundServices } from './background-services.js';
import type { HistoryWatch } from './history-watch.js';
import type { StartContext } from './start-context.js';

/**
 * The second half of the start, for which the window does not wait: schemas, jobs, the queue. Start by `import()`, because
 * what this file imports takes longer to load than everything before it.
 */
export function startServices(
  context: StartContext,
  startup: StartupData,
  watch: HistoryWatch,
): { readonly services: BackgroundServices; readonly checkedHandlers: CheckedHandlers } {
  const services = createBackgroundServices(context, startup, watch);
  watch.start();
  if (context.safe) services.queue.hold('safe start');
  return { services, checkedHandlers: { handlers: createHandlers(services.handlerContext), schemas: argumentSchemas } };
}
