import type { Images } from '../dataset.js';

/** Pixel correlation from which two images are near-identical. */
export const NEAR_IDENTICAL = 0.99;

/** An outline is this many blocks across and down. */
const BLOCKS = 7;
/** ‖a − b‖² of the least alike twins, with some room for the rounding of the float32 outlines. */
export const FURTHEST = 2 * (1 - NEAR_IDENTICAL) + 1e-4;
/** Images between two turns of the event loop. */
const AT_ONCE = 2048;

/** What of every image of a part decides quickly that it is no twin. */
export interface Outlines {
  readonly images: Images;
  readonly mean: Float64Array;
  /** Length of the pixels around their mean; 0 for an image of one grey. */
  readonly length: Float64Array;
  /** Count × blocks: coordinates of the standardised image along the blocks. */
  readonly blocks: Float32Array;
  readonly blockCount: number;
}

/** @param turn between two pieces of the work */
export async function outlinesOf(images: Images, turn: () => Promise<void>): Promise<Outlines> {
  const { count, height, width, channels } = images;
  const [down, across] = [Math.min(BLOCKS, height), Math.min(BLOCKS, width)];
  const blockCount = down * across;
  const outlines: Outlines = {
    ...{ images, blockCount, mean: new Float64Array(count), length: new Float64Array(count) },
    blocks: new Float32Array(count * blockCount),
  };
  const values = height * width * channels;
  const rows = boundaries(height, down);
  const columns = boundaries(width, across);
  const sizes = new Float64Array(blockCount);
  const sums = new Float64Array(blockCount);
  for (let b = 0; b < blockCount; b++) {
    const [row, column] = [Math.floor(b / across), b % across];
    sizes[b] = (rows[row + 1]! - rows[row]!) * (columns[column + 1]! - columns[column]!) * channels;
  }
  for (let i = 0; i < count; i++) {
    let [sum, squares] = [0, 0];
    for (let b = 0; b < blockCount; b++) {
      const [row, column] = [Math.floor(b / across), b % across];
      let inBlock = 0;
      for (let y = rows[row]!; y < rows[row + 1]!; y++) {
        const line = (i * height + y) * width;
        const end = (line + columns[column + 1]!) * channels;
        for (let at = (line + columns[column]!) * channels; at < end; at++) {
          const value = images.pixels[at]!;
          inBlock += value;
          squares += value * value;
        }
      }
      sums[b] = inBlock;
      sum += inBlock;
    }
    const mean = sum / values;
    const length = Math.sqrt(Math.max(0, squares - sum * mean));
    outlines.mean[i] = mean;
    outlines.length[i] = length;
    for (let b = 0; b < blockCount && length > 0; b++) {
      outlines.blocks[i * blockCount + b] = (sums[b]! - mean * sizes[b]!) / (Math.sqrt(sizes[b]!) * length);
    }
    if (i % AT_ONCE === AT_ONCE - 1) await turn();
  }
  return outlines;
}

/** Where each of `blocks` blocks of about equal size begins, and the end of the last. */
const boundaries = (length: number, blocks: number): number[] =>
  Array.from({ length: blocks + 1 }, (_, b) => Math.round((b * length) / blocks));

export interface Likeness {
  /** Pearson correlation of all pixel values; 1 for identical images. */
  readonly correlation: number;
  /** Every byte is the same. */
  readonly identical: boolean;
}

/** How alike two images are that are near-identical or identical, else null. */
export function likenessOf(own: Outlines, index: number, other: Outlines, i: number): Likeness | null {
  if (!mayBeTwins(own, index, other, i)) return null;
  const oneGrey = own.length[index] === 0 && other.length[i] === 0;
  const correlation = oneGrey ? 1 : correlationOf(own, index, other, i);
  if (correlation < NEAR_IDENTICAL) return null;
  const identical = areIdentical(own.images, index, other.images, i);
  return identical || !oneGrey ? { correlation: identical ? 1 : correlation, identical } : null;
}

/** False where the blocks prove that two images are not near-identical. */
export function mayBeTwins(own: Outlines, index: number, other: Outlines, i: number): boolean {
  let distance = 0;
  const end = (index + 1) * own.blockCount;
  for (let p = index * own.blockCount, q = i * own.blockCount; p < end && distance <= FURTHEST; p++, q++) {
    const difference = own.blocks[p]! - other.blocks[q]!;
    distance += difference * difference;
  }
  return distance <= FURTHEST;
}

export const pixelsOf = ({ pixels, height, width, channels }: Images, index: number): Uint8Array => {
  const values = height * width * channels;
  return pixels.subarray(index * values, (index + 1) * values);
};

function areIdentical(a: Images, i: number, b: Images, j: number): boolean {
  return Buffer.compare(pixelsOf(a, i), pixelsOf(b, j)) === 0;
}

/** 1 − ‖a − b‖² / 2 of the standardised images; 0 for an image of one grey and where it is certain to be too small. */
export function correlationOf(a: Outlines, i: number, b: Outlines, j: number): number {
  const left = a.images.pixels;
  const right = b.images.pixels;
  const leftScale = 1 / a.length[i]!;
  const rightScale = 1 / b.length[j]!;
  const shift = b.mean[j]! * rightScale - a.mean[i]! * leftScale;
  const values = left.length / a.images.count;
  const end = (i + 1) * values;
  let distance = 0;
  // not a number from the first pixel on where an image is of one grey
  for (let p = i * values, q = j * values; p < end && distance <= FURTHEST; p++, q++) {
    const difference = left[p]! * leftScale - right[q]! * rightScale + shift;
    distance += difference * difference;
  }
  return distance <= FURTHEST ? 1 - distance / 2 : 0;
}
