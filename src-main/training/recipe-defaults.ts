import { batchFor } from '../learning/default-batch.js';
import type { Recipe } from './trainer.js';

/** Larger batches take too few steps for this recipe. */
const LARGEST_BATCH = 128;

/**
 * The recipe of a retraining: 500 epochs of SGD with Nesterov momentum 0.9 at 0.1, 10 warm-up epochs, cosine to 0, weight
 * decay 3e-4, label smoothing 0.1, mixup and CutMix with Beta(0.1, 0.1), moving average 0.999, last epoch.
 */
export const RECIPE_DEFAULTS: Omit<Recipe, 'batch'> = {
  epochs: 500,
  learningRate: 0.1,
  warmupEpochs: 10,
  weightDecay: 3e-4,
  labelSmoothing: 0.1,
  mixup: 0.1,
  cutmix: 0.1,
  movingAverage: 0.999,
  classWeighting: false,
  selection: 'last',
};

/** The recipe for so many training images and epochs; a short training warms up for at most a tenth of its epochs. */
export function recipeFor(images: number, epochs: number): Recipe {
  return {
    ...RECIPE_DEFAULTS,
    epochs,
    batch: Math.min(images, LARGEST_BATCH, batchFor(images)),
    warmupEpochs: Math.min(RECIPE_DEFAULTS.warmupEpochs, Math.floor(epochs / 10)),
  };
}
