import { describe, expect, it } from 'vitest';
import { raceRecipe } from '../../../../src-main/search/race/recipe.js';
import { recipeFor } from '../../../../src-main/training/recipe-defaults.js';

describe('the recipe of a race', () => {
  it.each([
    [8000, 32],
    [3200, 32],
    [3199, 16],
    [468, 16],
    [12, 12],
  ])('of %d images takes batches of %d, and is else that of a retraining', (images, batch) =>
    expect(raceRecipe(images, 7)).toEqual({ ...recipeFor(images, 7), batch }),
  );
});
