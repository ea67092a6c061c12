import { createRandom, restoreRandom, type Random, type RandomState } from '../compute/random.js';
import type { Snapshot } from '../compute/snapshot.js';
import { augmentBatch, DEFAULT_PADDING, gatherLabels, normaliseBatch } from '../datasets/augmentation.js';
import { BatchSampler } from '../datasets/batches.js';
import type { Dataset } from '../datasets/dataset.js';
import { splitForSearch, type LabelledImages } from '../datasets/split.js';
import type { RawBatch, SearchTask } from './search-task.js';

/** An endless stream of batches of equal size whose position can be kept. */
export interface BatchSource {
  readonly stepsPerEpoch: number;
  next(): RawBatch;
  /** What `next` depends on. */
  state(): Snapshot;
}

export interface SearchData {
  readonly task: SearchTask;
  /** Augmented batches of the weight half. */
  readonly weights: BatchSource;
  /** Plain batches of the architecture half. */
  readonly architecture: BatchSource;
}

/**
 * The data of a search on a dataset: official train and validation parts in two halves, shuffled by the seed; the test
 * part is not in it.
 * @param snapshot of the searcher that is resumed, null for a new search
 */
export function searchData(dataset: Dataset, batch: number, seed: number, snapshot: Snapshot | null): SearchData {
  const split = splitForSearch(dataset, createRandom(seed, 'split'));
  const source = (half: 'weights' | 'architecture'): BatchSource => {
    const flip = half === 'weights' ? dataset.horizontalFlip : null;
    return snapshot
      ? HalfStream.restore(split.pool, batch, flip, sourceSnapshot(snapshot, half))
      : HalfStream.create(split.pool, split[half], batch, flip, seed, half);
  };
  return {
    task: {
      size: dataset.size,
      channels: dataset.channels,
      classes: dataset.classes,
      multiLabel: dataset.parts.train.labels.labelsPerImage > 1,
    },
    weights: source('weights'),
    architecture: source('architecture'),
  };
}

/** The states of both streams under names of their own, as a searcher's snapshot holds them. */
export function dataSnapshot(data: SearchData): Snapshot {
  const [weights, architecture] = [data.weights.state(), data.architecture.state()];
  const named = (half: string, arrays: Snapshot['arrays']): Snapshot['arrays'] =>
    Object.fromEntries(Object.entries(arrays).map(([name, values]) => [`data/${half}/${name}`, values]));
  return {
    values: { weightBatches: weights.values, architectureBatches: architecture.values },
    arrays: { ...named('weights', weights.arrays), ...named('architecture', architecture.arrays) },
  };
}

function sourceSnapshot(snapshot: Snapshot, half: 'weights' | 'architecture'): Snapshot {
  const prefix = `data/${half}/`;
  return {
    values: snapshot.values[half === 'weights' ? 'weightBatches' : 'architectureBatches'] as Snapshot['values'],
    arrays: Object.fromEntries(
      Object.entries(snapshot.arrays)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, values]) => [name.slice(prefix.length), values]),
    ),
  };
}

/** Batches of one half; augmented with a generator of its own unless `flip` is null. */
class HalfStream implements BatchSource {
  private readonly pixels: Float32Array;

  private constructor(
    private readonly pool: LabelledImages,
    private readonly sampler: BatchSampler,
    private readonly augmentation: Random,
    private readonly flip: boolean | null,
  ) {
    const { height, width, channels } = pool.images;
    this.pixels = new Float32Array(sampler.batch * height * width * channels);
  }

  static create(
    pool: LabelledImages,
    images: Uint32Array,
    batch: number,
    flip: boolean | null,
    seed: number,
    half: string,
  ): HalfStream {
    const sampler = BatchSampler.create(images, batch, createRandom(seed, `batches/${half}`));
    return new HalfStream(pool, sampler, createRandom(seed, `augmentation/${half}`), flip);
  }

  static restore(pool: LabelledImages, batch: number, flip: boolean | null, state: Snapshot): HalfStream {
    const { position, random, augmentation } = state.values as unknown as {
      position: number;
      random: RandomState;
      augmentation: RandomState;
    };
    const order = state.arrays['order'] as Uint32Array;
    const sampler = BatchSampler.restore({ order, position, random }, batch);
    return new HalfStream(pool, sampler, restoreRandom(augmentation), flip);
  }

  get stepsPerEpoch(): number {
    return this.sampler.stepsPerEpoch;
  }

  /** The pixels are valid until the next call. */
  next(): RawBatch {
    const indices = this.sampler.next();
    const { images, labels } = this.pool;
    if (this.flip === null) normaliseBatch(images, indices, this.pixels);
    else {
      const augmentation = { padding: DEFAULT_PADDING, horizontalFlip: this.flip };
      augmentBatch(images, indices, augmentation, this.augmentation, this.pixels);
    }
    return { count: indices.length, pixels: this.pixels, labels: gatherLabels(labels, indices) };
  }

  state(): Snapshot {
    const { order, position, random } = this.sampler.state();
    return { values: { position, random, augmentation: this.augmentation.state() }, arrays: { order } };
  }
}
