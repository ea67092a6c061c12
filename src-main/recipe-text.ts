import { count } from './number-text.js';
import { RECIPE_DEFAULTS } from './vocabulary/recipe.js';
import type { RecipeSummary } from './vocabulary/model.js';

const NAMES: { readonly [setting in Exclude<keyof RecipeSummary, 'epochs' | 'batch'>]: string } = {
  learningRate: 'learning rate',
  warmupEpochs: 'warm-up',
  weightDecay: 'weight decay',
  labelSmoothing: 'label smoothing',
  mixup: 'mixup',
  cutmix: 'CutMix',
  movingAverage: 'moving average',
  classWeighting: 'class weighting',
  selection: 'epoch',
};
const SETTINGS = Object.keys(NAMES) as (keyof typeof NAMES)[];

/** "500 epochs, batch 32", and what is not as it is by default: "12 epochs, batch 16, mixup 0". */
export function recipeText(recipe: RecipeSummary): string {
  const warmupEpochs = Math.min(RECIPE_DEFAULTS.warmupEpochs, Math.floor(recipe.epochs / 10));
  const usual = { ...RECIPE_DEFAULTS, warmupEpochs };
  const changes = SETTINGS.filter((setting) => recipe[setting] !== usual[setting]).map(
    (setting) => `${NAMES[setting]} ${settingText(recipe[setting])}`,
  );
  return [`${count(recipe.epochs)} epochs`, `batch ${count(recipe.batch)}`, ...changes].join(', ');
}

function settingText(value: RecipeSummary[keyof typeof NAMES]): string {
  if (value === null || value === false) return 'off';
  if (value === true) return 'on';
  return value === 'best-validation' ? 'best validation' : String(value);
}
