import { batchFor } from '../learning/default-batch.js';
import { RECIPE_DEFAULTS, type Recipe } from '../vocabulary/recipe.js';

/** Larger batches take too few steps for this recipe. */
const LARGEST_BATCH = 128;

/** The recipe for so many training images and epochs; a short training warms up for at most a tenth of its epochs. */
export function recipeFor(images: number, epochs: number): Recipe {
  return {
    ...RECIPE_DEFAULTS,
    epochs,
    batch: Math.min(images, LARGEST_BATCH, batchFor(images)),
    warmupEpochs: Math.min(RECIPE_DEFAULTS.warmupEpochs, Math.floor(epochs / 10)),
  };
}
