import { createRandom } from '../compute/random.js';
import type { Snapshot } from '../compute/snapshot.js';
import type { TrainingDataset } from '../datasets/dataset.js';
import { splitForSearch } from '../datasets/split.js';
import { BatchStream } from '../learning/batch-stream.js';
import { groupOf, withPrefix } from '../learning/snapshot-codec.js';

export interface SearchData {
  /** Augmented batches of the weight half. */
  readonly weights: BatchStream;
  /** Plain batches of the architecture half. */
  readonly architecture: BatchStream;
}

/**
 * The data of a search on a dataset: official train and validation parts in two halves, shuffled by the seed; the test
 * part is not in it.
 * @param snapshot of the searcher that is resumed, null for a new search
 * @throws UserError `checkpoint-content`
 */
export function searchData(
  dataset: TrainingDataset,
  batch: number,
  seed: number,
  snapshot: Snapshot | null,
): SearchData {
  const split = splitForSearch(dataset, createRandom(seed, 'split'));
  const stream = (half: 'weights' | 'architecture'): BatchStream => {
    const options = { batch, augment: half === 'weights' };
    if (snapshot) {
      const values = (snapshot.values['data'] as { readonly [half: string]: Snapshot['values'] } | undefined)?.[half];
      const state = { values: values ?? {}, arrays: groupOf(snapshot.arrays, `data/${half}/`) };
      return BatchStream.restore(dataset, split.pool, options, state);
    }
    return BatchStream.create(dataset, split.pool, split[half], options, {
      order: createRandom(seed, `batches/${half}`),
      augmentation: createRandom(seed, `augmentation/${half}`),
      mixing: createRandom(seed, `mixing/${half}`),
    });
  };
  return { weights: stream('weights'), architecture: stream('architecture') };
}

/** The states of both streams under names of their own, as a searcher's snapshot holds them. */
export function dataSnapshot(data: SearchData): Snapshot {
  const [weights, architecture] = [data.weights.state(), data.architecture.state()];
  return {
    values: { data: { weights: weights.values, architecture: architecture.values } },
    arrays: {
      ...withPrefix('data/weights/', weights.arrays),
      ...withPrefix('data/architecture/', architecture.arrays),
    },
  };
}
