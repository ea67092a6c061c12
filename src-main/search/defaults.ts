import { catalogue } from '../datasets/catalogue.js';
import { batchFor } from '../learning/default-batch.js';

/** Defaults of a search that do not depend on the dataset. */
export const SEARCH_DEFAULTS = { channels: 16, cells: 3, seed: 1 } as const;

/** Epochs of every search as published. */
const PUBLISHED_EPOCHS = 50;
/** Weight steps that are enough: an architecture is formed by rounds of ten steps, not by passes over the images. */
const STEPS = 600;
const FEWEST_EPOCHS = 8;
const MOST_EPOCHS = 40;
const LARGEST_BATCH = 64;

export interface SearchSchedule {
  readonly epochs: number;
  /** Images of a batch. */
  readonly batch: number;
}

/**
 * Epochs and batch of a search when the user names none.
 * As published: 50 epochs, and the published batch of a MedMNIST set, or the power of two nearest to images/20 within 16..512.
 * Otherwise the same batch, at most 64, and as many epochs as make about 600 steps, 8 to 40: on a large set a smaller batch
 * gives an architecture as many rounds for a fraction of the images.
 * @param images of the half that trains the weights
 */
export function defaultSchedule(
  catalogueId: string | null,
  images: number,
  asPublished: boolean,
  chosenBatch: number | null,
): SearchSchedule {
  const entry = catalogue().find(({ id }) => id === catalogueId);
  const usual = entry?.searchBatch ?? batchFor(images);
  if (asPublished) return { epochs: PUBLISHED_EPOCHS, batch: chosenBatch ?? usual };
  const batch = chosenBatch ?? Math.min(usual, LARGEST_BATCH);
  const steps = Math.max(1, Math.floor(images / batch));
  const epochs = Math.min(MOST_EPOCHS, Math.max(FEWEST_EPOCHS, Math.ceil(STEPS / steps)));
  return { epochs, batch };
}
