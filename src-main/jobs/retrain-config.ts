import type { Genotype } from '../vocabulary/space.js';
import { recipeFor } from '../training/recipe-defaults.js';
import { RECIPE_DEFAULTS } from '../vocabulary/recipe.js';
import type { RetrainConfig } from '../vocabulary/run-config.js';
import { retrainSettingsSchema, type RetrainSettings } from '../vocabulary/settings.js';
import { checkedSettings } from './checked-settings.js';
import { datasetReference, spaceOf, type DatasetFacts } from './search-config.js';

/** What the user may choose of a retraining; undefined means the default. */
export type RetrainChoices = {
  readonly [setting in Exclude<keyof RetrainSettings, 'batch' | 'channels' | 'cells'>]?:
    RetrainSettings[setting] | undefined;
} & {
  /** Default: by dataset, at most 128. */
  readonly batch?: number | null | undefined;
};

/** The architecture to train: found by a search, drawn from one, or written by hand. */
export interface ArchitectureToTrain {
  readonly genotype: Genotype;
  readonly channels: number;
  readonly cells: number;
  readonly searchRun: number | null;
  /** As of `RetrainConfig`. */
  readonly drawn?: true | undefined;
  /** Of the space that it was found in; undefined: by the size of the images. */
  readonly stemHalvings?: number | undefined;
}

/** A complete configuration with every default filled in. @throws UserError `retrain-setting` */
export function retrainConfig(
  dataset: DatasetFacts,
  architecture: ArchitectureToTrain,
  choices: RetrainChoices,
): RetrainConfig {
  const { samples } = dataset;
  const epochs = choices.epochs ?? RECIPE_DEFAULTS.epochs;
  const recipe = recipeFor(samples.train, epochs);
  const { channels, cells, batch, ...settings } = checkedSettings(
    retrainSettingsSchema,
    {
      channels: architecture.channels,
      cells: architecture.cells,
      epochs,
      batch: choices.batch ?? recipe.batch,
      seeds: choices.seeds ?? [1],
      backend: choices.backend ?? 'auto',
      threads: choices.threads ?? 0,
      ...(choices.onGpuFault === 'native' && { onGpuFault: choices.onGpuFault }),
      learningRate: choices.learningRate ?? RECIPE_DEFAULTS.learningRate,
      warmupEpochs: choices.warmupEpochs ?? recipe.warmupEpochs,
      weightDecay: choices.weightDecay ?? RECIPE_DEFAULTS.weightDecay,
      labelSmoothing: choices.labelSmoothing ?? RECIPE_DEFAULTS.labelSmoothing,
      mixup: choices.mixup ?? RECIPE_DEFAULTS.mixup,
      cutmix: choices.cutmix ?? RECIPE_DEFAULTS.cutmix,
      movingAverage: choices.movingAverage === undefined ? RECIPE_DEFAULTS.movingAverage : choices.movingAverage,
      classWeighting: choices.classWeighting ?? RECIPE_DEFAULTS.classWeighting,
      selection: choices.selection ?? RECIPE_DEFAULTS.selection,
    },
    'retrain-setting',
  );
  return {
    kind: 'retrain',
    dataset: datasetReference(dataset),
    space: spaceOf(dataset, { channels, cells }, architecture.stemHalvings),
    genotype: architecture.genotype,
    searchRun: architecture.searchRun,
    ...(architecture.drawn && { drawn: true }),
    batch: Math.min(batch, samples.train),
    ...settings,
  };
}
