import { join } from 'node:path';
import { useBackend } from '../compute/index.js';
import { testTwins } from '../datasets/health/test-twins.js';
import { writeModel } from '../training/model-file.js';
import { writePredictions } from '../training/predictions-file.js';
import { backendOf } from '../vocabulary/run-config.js';
import type { JobHost } from './job.js';
import { requireWhatItNeeds, type NeedsContext } from './run-needs.js';

/** The host of a job that computes in this process. */
export function hostHere(context: NeedsContext): JobHost {
  return {
    useBackend: (config) => useBackend(backendOf(config), { threads: config.threads }),
    requireWhatItNeeds: async (config, size, backend) => requireWhatItNeeds(config, size, backend, context),
    writeModel: (file, model) => writeModel(join(context.folder, file), model),
    writePredictions: async (model, predictions) => writePredictions(join(context.folder, model), predictions),
    testTwins,
  };
}
