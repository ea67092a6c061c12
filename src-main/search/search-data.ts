import type { Json } from '../compute/snapshot.js';

/** A batch before it goes to the backend. */
export interface RawBatch {
  readonly count: number;
  /** Normalised, count × size × size × channels. */
  readonly pixels: Float32Array;
  /** count × labels per image. */
  readonly labels: Uint8Array;
}

/** An endless stream of batches of equal size whose position can be kept. */
export interface BatchSource {
  readonly stepsPerEpoch: number;
  next(): RawBatch;
  /** What `next` depends on. */
  state(): Json;
}
