import { z } from 'zod';
import { restoreRandom, type Random } from '../compute/random.js';
import type { Snapshot } from '../compute/snapshot.js';
import { tf } from '../compute/tensorflow.js';
import { augmentBatch, DEFAULT_PADDING, gatherLabels, normaliseBatch } from '../datasets/augmentation.js';
import { BatchSampler } from '../datasets/batches.js';
import type { Dataset, LabelledImages, Task } from '../datasets/dataset.js';
import { mixBatch, type MixingSettings } from './mixing.js';
import { arrayOf, asValues, randomState, valuesOf } from './snapshot-codec.js';
import { softTargets } from './task-head.js';

/** What the batches of a dataset have in common. */
export type StreamShape = Pick<Dataset, 'task' | 'classes' | 'size' | 'channels' | 'horizontalFlip'>;

export interface StreamOptions {
  readonly batch: number;
  /** Pad, crop at a random place and, where the dataset allows it, mirror. */
  readonly augment: boolean;
  /** Default 0. */
  readonly labelSmoothing?: number;
  /** Default: off. */
  readonly mixing?: MixingSettings;
}

/** Generators of a stream; it owns them from then on. */
export interface StreamRandoms {
  readonly order: Random;
  readonly augmentation: Random;
  readonly mixing: Random;
}

/** A batch before it goes to the backend. */
export interface RawBatch {
  readonly count: number;
  /** Normalised, count × size × size × channels. */
  readonly pixels: Float32Array;
  /** count × classes. */
  readonly targets: Float32Array;
}

/** A batch on the backend. */
export interface Batch {
  /** [N, size, size, channels], normalised. */
  readonly x: tf.Tensor4D;
  /** [N, classes]. */
  readonly targets: tf.Tensor2D;
  readonly task: Task;
}

const streamValues = z.object({
  sampler: z.strictObject({ position: z.int().min(0), random: randomState }),
  augmentation: randomState,
  mixing: randomState,
});

/** An endless stream of batches of equal size over some images, whose position can be kept. */
export class BatchStream {
  private readonly pixels: Float32Array;

  private constructor(
    private readonly shape: StreamShape,
    private readonly pool: LabelledImages,
    private readonly options: StreamOptions,
    private readonly sampler: BatchSampler,
    private readonly augmentation: Random,
    private readonly mixing: Random,
  ) {
    this.pixels = new Float32Array(sampler.batch * shape.size * shape.size * shape.channels);
  }

  /** @param images indices into the pool */
  static create(
    shape: StreamShape,
    pool: LabelledImages,
    images: Uint32Array,
    options: StreamOptions,
    randoms: StreamRandoms,
  ): BatchStream {
    const sampler = BatchSampler.create(images, options.batch, randoms.order);
    return new BatchStream(shape, pool, options, sampler, randoms.augmentation, randoms.mixing);
  }

  /** The stream whose `state()` this was: its next batches are the same, bit for bit. @throws UserError `checkpoint-content` */
  static restore(shape: StreamShape, pool: LabelledImages, options: StreamOptions, state: Snapshot): BatchStream {
    const { sampler, augmentation, mixing } = valuesOf(state.values, streamValues);
    return new BatchStream(
      shape,
      pool,
      options,
      BatchSampler.restore({ order: arrayOf(state.arrays, 'order', Uint32Array), ...sampler }, options.batch),
      restoreRandom(augmentation),
      restoreRandom(mixing),
    );
  }

  get stepsPerEpoch(): number {
    return this.sampler.stepsPerEpoch;
  }

  /** Images of a batch. */
  get batch(): number {
    return this.sampler.batch;
  }

  /** The pixels are valid until the next call. */
  next(): RawBatch {
    const { images, labels } = this.pool;
    const { task, classes, size, channels, horizontalFlip } = this.shape;
    const { augment, labelSmoothing, mixing } = this.options;
    const indices = this.sampler.next();
    const { pixels } = this;
    if (!augment) normaliseBatch(images, indices, pixels);
    else augmentBatch(images, indices, { padding: DEFAULT_PADDING, horizontalFlip }, this.augmentation, pixels);
    const targets = softTargets(task, gatherLabels(labels, indices), classes, labelSmoothing ?? 0);
    const count = indices.length;
    if (mixing) mixBatch({ count, size, channels, pixels, outputs: classes, targets }, mixing, this.mixing);
    return { count, pixels, targets };
  }

  /** The batch on the backend. Dispose with `disposeBatch`. */
  toBackend(raw: RawBatch): Batch {
    const { task, classes, size, channels } = this.shape;
    return {
      x: tf.tensor4d(raw.pixels, [raw.count, size, size, channels], 'float32'),
      targets: tf.tensor2d(raw.targets, [raw.count, classes], 'float32'),
      task,
    };
  }

  /** What `next` depends on. */
  state(): Snapshot {
    const { order, position, random } = this.sampler.state();
    const values = {
      sampler: { position, random },
      augmentation: this.augmentation.state(),
      mixing: this.mixing.state(),
    };
    return { values: asValues(values), arrays: { order } };
  }
}

export function disposeBatch(batch: Batch): void {
  tf.dispose([batch.x, batch.targets]);
}
