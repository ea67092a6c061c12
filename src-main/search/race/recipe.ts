import { recipeFor } from '../../training/recipe-defaults.js';
import type { Recipe } from '../../vocabulary/recipe.js';

/** Images of a batch, and in a training part of fewer than `FEW_IMAGES`. */
const BATCH = 32;
const SMALL_BATCH = 16;
const FEW_IMAGES = 3200;

/**
 * The recipe of a race's training: that of a retraining, with smaller batches. How well a short training ranks architectures
 * follows from its steps and hardly from its images: 188 steps with batches of 32, 64 or 128 rank alike, at one, two and four
 * times the cost, and 47 steps do not rank at all (docs/results.md).
 */
export function raceRecipe(images: number, epochs: number): Recipe {
  return { ...recipeFor(images, epochs), batch: Math.min(images, images < FEW_IMAGES ? SMALL_BATCH : BATCH) };
}
