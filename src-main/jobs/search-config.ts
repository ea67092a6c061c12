import type { DatasetDescription } from '../datasets/medmnist.js';
import { UserError } from '../errors.js';
import { defaultBatch, SEARCH_DEFAULTS } from '../search/defaults.js';
import { reachableCounts } from '../space/reachable-counts.js';
import { parameterRange } from '../space/parameter-count.js';
import type { Budget } from '../vocabulary/budget.js';
import type { SpaceSettings } from '../vocabulary/space.js';
import type { DatasetReference } from '../vocabulary/dataset-reference.js';
import type { SearchConfig } from '../vocabulary/run-config.js';

/** What the user may choose of a search; the rest follows from the dataset. */
export interface SearchChoices {
  /** Default: all that the space can reach. */
  readonly budget?: Budget | undefined;
  readonly epochs?: number | undefined;
  readonly batch?: number | null | undefined;
  readonly channels?: number | undefined;
  readonly cells?: number | undefined;
  readonly seed?: number | undefined;
  readonly backend?: SearchConfig['backend'] | undefined;
  readonly threads?: number | undefined;
  readonly estimator?: SearchConfig['estimator'] | undefined;
  readonly sparse?: boolean | undefined;
}

/** What a configuration needs to know of a dataset; a loaded `Dataset` fits as well as a description. */
export type DatasetFacts = Pick<
  DatasetDescription,
  'name' | 'path' | 'sha256' | 'bytes' | 'channels' | 'classes' | 'catalogueId'
> & { readonly samples: DatasetDescription['samples'] };

const LIMITS = {
  epochs: [1, 10_000],
  batch: [2, 8192],
  channels: [4, 128],
  cells: [1, 8],
  seed: [0, Number.MAX_SAFE_INTEGER],
  threads: [0, 256],
} as const;

/**
 * A complete configuration with every default filled in, shared by the command line and the window.
 * @throws UserError `search-setting`, `search-budget`
 */
export function searchConfig(dataset: DatasetFacts, choices: SearchChoices): SearchConfig {
  const channels = within('channels', choices.channels ?? SEARCH_DEFAULTS.channels);
  if (channels % 4 !== 0) throw setting('channels', `must be a multiple of 4, saw ${channels}`);
  const space: SpaceSettings = {
    channels,
    cells: within('cells', choices.cells ?? SEARCH_DEFAULTS.cells),
    inputChannels: dataset.channels,
    classes: dataset.classes,
  };
  const half = Math.floor((dataset.samples.train + dataset.samples.val) / 2);
  return {
    kind: 'search',
    dataset: datasetReference(dataset),
    space,
    budget: reachable(space, choices.budget),
    epochs: within('epochs', choices.epochs ?? SEARCH_DEFAULTS.epochs),
    batch: Math.min(within('batch', choices.batch ?? defaultBatch(dataset.catalogueId, half)), half),
    seed: within('seed', choices.seed ?? SEARCH_DEFAULTS.seed),
    backend: choices.backend ?? 'auto',
    threads: within('threads', choices.threads ?? 0),
    method: 'zo-darts++',
    estimator: choices.estimator ?? 'exact',
    sparse: choices.sparse ?? true,
  };
}

export function datasetReference({ name, path, sha256, bytes }: DatasetReference): DatasetReference {
  return { name, path, sha256, bytes };
}

function within(name: keyof typeof LIMITS, value: number): number {
  const [lowest, highest] = LIMITS[name];
  if (!Number.isSafeInteger(value) || value < lowest || value > highest) {
    throw setting(name, `must be a whole number from ${lowest} to ${highest}, saw ${String(value)}`);
  }
  return value;
}

function setting(name: string, problem: string): UserError {
  return new UserError('search-setting', `${name} ${problem}`);
}

function reachable(space: SpaceSettings, budget: Budget | undefined): Budget {
  const range = parameterRange(space);
  if (!budget) return range;
  const { lower, upper } = budget;
  if (!Number.isSafeInteger(lower) || !Number.isSafeInteger(upper) || lower < 0 || upper < lower) {
    throw new UserError(
      'search-budget',
      `the budget ${lower}..${upper} is no range of parameters: give two whole numbers, the smaller one first`,
    );
  }
  const { inside, below, above } = reachableCounts(space, budget);
  if (!inside) {
    const nearest = [below, above].filter((count) => count !== null).join(' and ');
    throw new UserError(
      'search-budget',
      `no network of this space has between ${lower} and ${upper} parameters: with ${space.channels} channels and ` +
        `${space.cells} cells a stage they have ${range.lower} to ${range.upper}, the nearest ${nearest}; ` +
        'widen the budget or change --channels or --cells',
    );
  }
  return budget;
}
