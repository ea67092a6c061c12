import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';
import { appHandlers } from './app.js';
import { datasetHandlers } from './datasets.js';
import { figureHandlers } from './figures.js';
import { createStartupHandlers } from './startup.js';
import { modelHandlers } from './models.js';
import { reportHandlers } from './reports.js';
import { retrainHandlers } from './retrain.js';
import { runHandlers } from './runs.js';
import { searchHandlers } from './search.js';

/** The handler of every channel. */
export function createHandlers(context: HandlerContext): Handlers {
  return {
    ...createStartupHandlers(context),
    ...datasetHandlers(context),
    ...searchHandlers(context),
    ...retrainHandlers(context),
    ...runHandlers(context),
    ...modelHandlers(context),
    ...figureHandlers(context),
    ...reportHandlers(context),
    ...appHandlers(context),
  };
}
