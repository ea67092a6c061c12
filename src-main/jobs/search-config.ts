import { isDeepStrictEqual } from 'node:util';
import type { DatasetDescription } from '../datasets/medmnist.js';
import { UserError } from '../errors.js';
import { defaultSchedule, SEARCH_DEFAULTS } from '../search/defaults.js';
import { RACE_DEFAULTS } from '../vocabulary/limits.js';
import { DEFAULT_METHOD, searchMethod } from '../search/methods/registry.js';
import { parameterRange } from '../space/parameter-count.js';
import type { Budget } from '../vocabulary/budget.js';
import type { RaceSettings } from '../vocabulary/race.js';
import type { SpaceSettings } from '../vocabulary/space.js';
import type { DatasetReference } from '../vocabulary/dataset-reference.js';
import type { SearchConfig } from '../vocabulary/run-config.js';
import { budgetSettingsSchema, searchSettingsSchema, type SearchSettings } from '../vocabulary/settings.js';
import { unmetBudget } from './budget-check.js';
import { checkedSettings } from './checked-settings.js';
import { stemHalvingsFor } from '../space/stem.js';

/** What the user may choose of a search; the rest follows from the dataset. */
export type SearchChoices = {
  readonly [setting in Exclude<keyof SearchSettings, 'epochs' | 'batch' | 'settings' | 'race'>]?:
    SearchSettings[setting] | undefined;
} & {
  /** Default: all that the space can reach, which an end that is null leaves open. */
  readonly budget?: { readonly [end in keyof Budget]: number | null } | undefined;
  /** Default: by dataset. */
  readonly epochs?: number | null | undefined;
  /** Default: by dataset. */
  readonly batch?: number | null | undefined;
  /** The method's own settings; what is missing has the method's default. */
  readonly settings?: object | undefined;
  /** What is missing has its default; null: no race, as in the paper. */
  readonly race?: { readonly [setting in keyof RaceSettings]?: RaceSettings[setting] | undefined } | null | undefined;
};

/** What a configuration needs to know of a dataset; a loaded `Dataset` fits as well as a description. */
export type DatasetFacts = Pick<
  DatasetDescription,
  'name' | 'path' | 'sha256' | 'bytes' | 'channels' | 'classes' | 'size' | 'catalogueId' | 'labels' | 'horizontalFlip'
> & { readonly samples: DatasetDescription['samples'] };

/**
 * A complete configuration with every default filled in, shared by the command line and the window.
 * @throws UserError `search-setting`, `search-budget`, `search-method`
 */
export function searchConfig(dataset: DatasetFacts, choices: SearchChoices): SearchConfig {
  const method = searchMethod(choices.method ?? DEFAULT_METHOD);
  const half = Math.floor((dataset.samples.train + dataset.samples.val) / 2);
  const methodSettings = method.parse(choices.settings ?? {});
  const asPublished = isDeepStrictEqual(methodSettings, method.published);
  const schedule = defaultSchedule(dataset.catalogueId, half, asPublished, choices.batch ?? null);
  const { channels, cells, batch, ...settings } = checkedSettings(
    searchSettingsSchema,
    {
      epochs: choices.epochs ?? schedule.epochs * method.relativeEpochs,
      batch: schedule.batch,
      channels: choices.channels ?? SEARCH_DEFAULTS.channels,
      cells: choices.cells ?? SEARCH_DEFAULTS.cells,
      seed: choices.seed ?? SEARCH_DEFAULTS.seed,
      backend: choices.backend ?? 'auto',
      threads: choices.threads ?? 0,
      ...(choices.onGpuFault === 'native' && { onGpuFault: choices.onGpuFault }),
      method: method.id,
      settings: methodSettings as SearchSettings['settings'],
      sparse: choices.sparse ?? true,
      race: choices.race === null ? null : { ...RACE_DEFAULTS, ...definedOf(choices.race ?? {}) },
    },
    'search-setting',
  );
  const space = spaceOf(dataset, { channels, cells });
  return {
    kind: 'search',
    dataset: datasetReference(dataset),
    space,
    budget: reachable(space, choices.budget),
    batch: Math.min(batch, half),
    ...settings,
  };
}

/** The space of networks for the images of a dataset. @param stemHalvings default: by the size of the images */
export function spaceOf(
  { channels: inputChannels, classes, size }: Pick<DatasetFacts, 'channels' | 'classes' | 'size'>,
  { channels, cells }: Pick<SpaceSettings, 'channels' | 'cells'>,
  stemHalvings = stemHalvingsFor(size),
): SpaceSettings {
  // images of the usual size have the space that they always had
  return { channels, cells, inputChannels, classes, ...(stemHalvings > 0 && { stemHalvings }) };
}

/** The values that are given. */
function definedOf<T extends object>(choices: T): { [key in keyof T]: Exclude<T[key], undefined> } {
  const given = Object.entries(choices).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [key in keyof T]: Exclude<T[key], undefined> };
}

/** What a run keeps of its dataset. */
export function datasetReference(
  dataset: Pick<DatasetFacts, 'name' | 'path' | 'sha256' | 'bytes' | 'labels' | 'horizontalFlip'>,
): DatasetReference {
  const { name, path, sha256, bytes, labels, horizontalFlip } = dataset;
  return { name, path, sha256, bytes, reading: { labels: [...labels], horizontalFlip } };
}

function reachable(space: SpaceSettings, written: SearchChoices['budget']): Budget {
  const range = parameterRange(space);
  const lower = written?.lower ?? 0;
  const budget = written ? { lower, upper: written.upper ?? Math.max(range.upper, lower) } : range;
  if (!budgetSettingsSchema.safeParse(budget).success) {
    throw new UserError(
      'search-budget',
      `the budget ${budget.lower}..${budget.upper} is not a range of parameters: give two whole numbers, the smaller one first`,
    );
  }
  const unmet = unmetBudget(space, budget);
  if (unmet !== null) throw new UserError('search-budget', unmet);
  return budget;
}
