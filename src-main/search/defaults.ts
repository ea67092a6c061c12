import type { RaceSettings } from '../vocabulary/race.js';
import { catalogue } from '../datasets/catalogue.js';
import { batchFor } from '../learning/default-batch.js';

/** Defaults of a ZO-DARTS++ search. */
export const SEARCH_DEFAULTS = { epochs: 50, channels: 16, cells: 3, seed: 1 } as const;

/** Defaults of the race that ends a search. */
export const RACE_DEFAULTS: RaceSettings = { share: 1, random: 16, smallest: false };

/**
 * Images of a batch when the user names none. An architecture needs rounds, so small sets need small batches.
 * @param images of the half that trains the weights
 * @returns the published batch of a MedMNIST set, else the power of two nearest to images/20, within 16..512
 */
export function defaultBatch(catalogueId: string | null, images: number): number {
  const published = catalogue().find((entry) => entry.id === catalogueId)?.searchBatch;
  return published ?? batchFor(images);
}
