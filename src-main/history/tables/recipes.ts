import type { RecipeSummary } from '../../vocabulary/model.js';

/** What a list shows of the settings of a retraining, as short as thousands of rows ask for. */
export function recipeToText(config: RecipeSummary): string {
  const { epochs, batch, learningRate, warmupEpochs, weightDecay, labelSmoothing, mixup, cutmix, ...rest } = config;
  const { movingAverage, classWeighting, selection } = rest;
  const recipe = { epochs, batch, learningRate, warmupEpochs, weightDecay, labelSmoothing, mixup, cutmix };
  return JSON.stringify({ ...recipe, movingAverage, classWeighting, selection } satisfies RecipeSummary);
}

/** Null where the configuration of the run cannot be read. */
export function recipeFromText(stored: string | null): RecipeSummary | null {
  return stored === null ? null : (JSON.parse(stored) as RecipeSummary);
}
