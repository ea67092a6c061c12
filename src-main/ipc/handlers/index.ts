import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';
import { appHandlers } from './app.js';
import { datasetHandlers } from './datasets.js';
import { figureHandlers } from './figures.js';
import { importHandlers } from './imports.js';
import { fileHandlers } from './files.js';
import { createStartupHandlers } from './startup.js';
import { Measurements } from './measurements.js';
import { modelHandlers } from './models.js';
import { reportHandlers } from './reports.js';
import { retrainHandlers } from './retrain.js';
import { runHandlers } from './runs.js';
import { studyHandlers } from './studies.js';
import { searchHandlers } from './search.js';

/** The handler of every channel. */
export function createHandlers(context: HandlerContext): Handlers {
  const measurements = new Measurements(context);
  return {
    ...createStartupHandlers(context),
    ...datasetHandlers(context),
    ...importHandlers(context),
    ...searchHandlers(context, measurements),
    ...retrainHandlers(context, measurements),
    ...runHandlers(context),
    ...modelHandlers(context),
    ...studyHandlers(context),
    ...figureHandlers(context),
    ...reportHandlers(context),
    ...fileHandlers(context),
    ...appHandlers(context),
  };
}
