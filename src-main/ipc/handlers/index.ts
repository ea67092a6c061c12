import type { Desk } from '../desk.js';
import type { Handlers } from '../handle.js';
import { appHandlers } from './app.js';
import { datasetHandlers } from './datasets.js';
import { frontHandlers } from './front.js';
import { modelHandlers } from './models.js';
import { retrainHandlers } from './retrain.js';
import { runHandlers } from './runs.js';
import { searchHandlers } from './search.js';

/** The handler of every channel. */
export function handlersOf(desk: Desk): Handlers {
  return {
    ...frontHandlers(desk),
    ...datasetHandlers(desk),
    ...searchHandlers(desk),
    ...retrainHandlers(desk),
    ...runHandlers(desk),
    ...modelHandlers(desk),
    ...appHandlers(desk),
  };
}
