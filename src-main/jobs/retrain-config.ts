import { UserError } from '../errors.js';
import type { Genotype, SpaceSettings } from '../vocabulary/space.js';
import { RECIPE_DEFAULTS, recipeFor } from '../training/recipe-defaults.js';
import { datasetReference, type DatasetFacts } from './search-config.js';
import type { RetrainConfig } from '../vocabulary/run-config.js';

/** What the user may choose of a retraining; null and undefined mean the default. */
export interface RetrainChoices {
  readonly epochs?: number | undefined;
  readonly batch?: number | null | undefined;
  readonly seeds?: readonly number[] | undefined;
  readonly backend?: RetrainConfig['backend'] | undefined;
  readonly threads?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly warmupEpochs?: number | undefined;
  readonly weightDecay?: number | undefined;
  readonly labelSmoothing?: number | undefined;
  readonly mixup?: number | undefined;
  readonly cutmix?: number | undefined;
  /** null = off. */
  readonly movingAverage?: number | null | undefined;
  readonly classWeighting?: boolean | undefined;
  readonly selection?: RetrainConfig['selection'] | undefined;
}

/** The architecture to train: found by a search, or written by hand. */
export interface ArchitectureToTrain {
  readonly genotype: Genotype;
  readonly channels: number;
  readonly cells: number;
  readonly searchRun: number | null;
}

/** A complete configuration with every default filled in. @throws UserError `retrain-setting` */
export function retrainConfig(
  dataset: DatasetFacts,
  architecture: ArchitectureToTrain,
  choices: RetrainChoices,
): RetrainConfig {
  const space: SpaceSettings = {
    channels: architecture.channels,
    cells: architecture.cells,
    inputChannels: dataset.channels,
    classes: dataset.classes,
  };
  const epochs = choices.epochs ?? RECIPE_DEFAULTS.epochs;
  const recipe = recipeFor(dataset.samples.train, epochs);
  const batch = choices.batch ?? recipe.batch;
  const seeds = choices.seeds ?? [1];
  if (!Number.isSafeInteger(epochs) || epochs < 1) throw refused('epochs', `at least 1, saw ${String(epochs)}`);
  if (!Number.isSafeInteger(batch) || batch < 2) throw refused('batch', `at least 2, saw ${String(batch)}`);
  if (seeds.length === 0 || new Set(seeds).size !== seeds.length) throw refused('seeds', 'different from each other');
  return {
    kind: 'retrain',
    dataset: datasetReference(dataset),
    space,
    genotype: architecture.genotype,
    searchRun: architecture.searchRun,
    epochs,
    batch: Math.min(batch, dataset.samples.train),
    seeds,
    backend: choices.backend ?? 'auto',
    threads: choices.threads ?? 0,
    learningRate: choices.learningRate ?? RECIPE_DEFAULTS.learningRate,
    warmupEpochs: choices.warmupEpochs ?? recipe.warmupEpochs,
    weightDecay: choices.weightDecay ?? RECIPE_DEFAULTS.weightDecay,
    labelSmoothing: choices.labelSmoothing ?? RECIPE_DEFAULTS.labelSmoothing,
    mixup: choices.mixup ?? RECIPE_DEFAULTS.mixup,
    cutmix: choices.cutmix ?? RECIPE_DEFAULTS.cutmix,
    movingAverage: choices.movingAverage === undefined ? RECIPE_DEFAULTS.movingAverage : choices.movingAverage,
    classWeighting: choices.classWeighting ?? RECIPE_DEFAULTS.classWeighting,
    selection: choices.selection ?? RECIPE_DEFAULTS.selection,
  };
}

function refused(name: string, rule: string): UserError {
  return new UserError('retrain-setting', `${name} must be ${rule}`);
}
