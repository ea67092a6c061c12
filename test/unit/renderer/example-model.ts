import type { ModelSummary } from '../../../src-main/ipc/contract.js';
import { recipeText } from '../../../src-main/recipe-text.js';
import { RECIPE_DEFAULTS } from '../../../src-main/vocabulary/recipe.js';

/** A model as lists show it; the words of its recipe are those of the recipe. */
export function exampleModel(changes: Partial<Omit<ModelSummary, 'recipeText'>> = {}): ModelSummary {
  const model: Omit<ModelSummary, 'recipeText'> = {
    model: 7,
    run: 5,
    searchRun: 3,
    name: 'small',
    dataset: 'BreastMNIST',
    synthetic: false,
    seed: 2,
    parameters: 83_730,
    accuracy: 0.788,
    auc: 0.8214,
    sha256: 'ab'.repeat(32),
    test: {
      balancedAccuracy: { value: 0.6123, interval: [0.55, 0.6749] },
      finding: {
        label: 'malignant',
        sensitivity: { value: 0.262, interval: [0.139, 0.42] },
        specificity: { value: 0.965, interval: [0.913, 0.99] },
      },
      auc: { value: 0.8214, interval: [0.74, 0.89] },
      accuracy: { value: 0.788, interval: [0.7211, 0.8463] },
    },
    multiplyAccumulates: 11_352_448,
    weightBytes: 333_640,
    recipe: { ...RECIPE_DEFAULTS, batch: 32 },
    origin: { method: 'zo-darts++', budget: { lower: 0, upper: 222_000 } },
    tags: ['paper', 'small'],
    timing: { milliseconds: 0.274, images: 812, threads: 2, machine: 'here', measuredAt: '2026-11-01T00:00:00.000Z' },
    createdAt: '2026-11-01T00:00:00.000Z',
    bundles: [],
    ...changes,
  };
  return { ...model, recipeText: model.recipe && recipeText(model.recipe) };
}
