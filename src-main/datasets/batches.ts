import { restoreRandom, type Random, type RandomState } from '../compute/random.js';

/** The whole state of a BatchSampler: `order` is an array of a snapshot, the rest plain JSON. */
export interface BatchSamplerState {
  readonly order: Uint32Array;
  readonly position: number;
  readonly random: RandomState;
}

/**
 * An endless stream of batches over a set of images. Each pass is a fresh permutation; a pass is an epoch of
 * floor(images/batch) steps, and the images left over at its end (fewer than one batch, other ones each time) are
 * dropped. The stream knows no end of epoch, so a round of steps may run across it. A batch larger than the set becomes
 * the set.
 */
export class BatchSampler {
  /** Images of every batch. */
  readonly batch: number;
  /** Steps of one pass, at least 1. */
  readonly stepsPerEpoch: number;

  private constructor(
    private readonly order: Uint32Array,
    batch: number,
    private position: number,
    private readonly random: Random,
  ) {
    this.batch = Math.min(batch, order.length);
    this.stepsPerEpoch = Math.floor(order.length / this.batch);
  }

  /**
   * @param images indices to draw from, at least one
   * @param batch images of one batch, at least 1
   * @param random owned by the sampler from now on: draw from no other place
   */
  static create(images: Uint32Array, batch: number, random: Random): BatchSampler {
    checkArguments(images, batch);
    return new BatchSampler(random.shuffle(images.slice()), batch, 0, random);
  }

  /** The sampler whose `state()` this was: its next batches are the same, bit for bit. */
  static restore(state: BatchSamplerState, batch: number): BatchSampler {
    checkArguments(state.order, batch);
    if (!Number.isInteger(state.position) || state.position < 0 || state.position > state.order.length) {
      throw new RangeError(`position must be from 0 to ${String(state.order.length)}, saw ${String(state.position)}`);
    }
    return new BatchSampler(state.order.slice(), batch, state.position, restoreRandom(state.random));
  }

  /** The next `batch` indices, as a fresh array. */
  next(): Uint32Array {
    if (this.position + this.batch > this.order.length) {
      this.random.shuffle(this.order);
      this.position = 0;
    }
    const indices = this.order.slice(this.position, this.position + this.batch);
    this.position += this.batch;
    return indices;
  }

  state(): BatchSamplerState {
    return { order: this.order.slice(), position: this.position, random: this.random.state() };
  }
}

function checkArguments(images: Uint32Array, batch: number): void {
  if (images.length === 0) throw new RangeError('there must be at least one image to draw from');
  if (!Number.isInteger(batch) || batch < 1) throw new RangeError(`batch must be at least 1, saw ${String(batch)}`);
}
