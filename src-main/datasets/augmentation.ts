import type { Random } from '../compute/random.js';
import type { Images, Labels } from './dataset.js';

export interface Augmentation {
  /** Pixels of zeros around the image before the random crop. Default 4. */
  readonly padding: number;
  /** Mirror left and right with probability ½; false where labels know left from right. */
  readonly horizontalFlip: boolean;
}

export const DEFAULT_PADDING = 4;

/** (x/255 − 0.5)/0.5 for every byte x. */
const NORMALISED = Float32Array.from({ length: 256 }, (_, x) => (x / 255 - 0.5) / 0.5);
/** Padding is put around the raw pixels, as the reference does, so it is the raw value 0. */
const PADDING_VALUE = NORMALISED[0]!;

/**
 * Pixels of a batch, normalised and not augmented: what evaluation uses.
 * @param out length indices × H × W × C, reused when given
 * @returns float32, indices × H × W × C, from −1 to 1
 */
export function normaliseBatch(images: Images, indices: ArrayLike<number>, out?: Float32Array): Float32Array {
  const { pixels } = images;
  const length = images.height * images.width * images.channels;
  const result = outputFor(images, indices, out);
  for (let b = 0, to = 0; b < indices.length; b++) {
    const from = indices[b]! * length;
    for (let i = from; i < from + length; i++) result[to++] = NORMALISED[pixels[i]!]!;
  }
  return result;
}

/**
 * Pixels of a batch, each image padded with raw zeros (−1 after normalisation), cropped back to its size at a random
 * place, mirrored with probability ½ where allowed, and normalised.
 * @param random draws two integers an image for the crop and, where mirroring is allowed, one more
 * @param out length indices × H × W × C, reused when given
 * @returns float32, indices × H × W × C, from −1 to 1
 */
export function augmentBatch(
  images: Images,
  indices: ArrayLike<number>,
  augmentation: Augmentation,
  random: Random,
  out?: Float32Array,
): Float32Array {
  const { height, width, channels, pixels } = images;
  const { padding, horizontalFlip } = augmentation;
  const result = outputFor(images, indices, out);
  const rowLength = width * channels;
  for (let b = 0; b < indices.length; b++) {
    const down = random.integer(2 * padding + 1) - padding;
    const right = random.integer(2 * padding + 1) - padding;
    const mirrored = horizontalFlip && random.next32() >>> 31 === 1;
    // columns of the crop that come from inside the image
    const first = Math.min(width, Math.max(0, -right));
    const last = Math.max(first, Math.min(width, width - right));
    const image = indices[b]! * height * rowLength;
    for (let y = 0; y < height; y++) {
      const to = (b * height + y) * rowLength;
      const sourceRow = y + down;
      if (sourceRow < 0 || sourceRow >= height) {
        result.fill(PADDING_VALUE, to, to + rowLength);
        continue;
      }
      const from = image + sourceRow * rowLength + right * channels;
      if (mirrored) mirrorRow(pixels, from, result, to, width, channels, first, last);
      else copyRow(pixels, from, result, to, rowLength, first * channels, last * channels);
    }
  }
  return result;
}

function copyRow(
  pixels: Uint8Array,
  from: number,
  out: Float32Array,
  to: number,
  length: number,
  first: number,
  last: number,
): void {
  for (let i = 0; i < first; i++) out[to + i] = PADDING_VALUE;
  for (let i = first; i < last; i++) out[to + i] = NORMALISED[pixels[from + i]!]!;
  for (let i = last; i < length; i++) out[to + i] = PADDING_VALUE;
}

function mirrorRow(
  pixels: Uint8Array,
  from: number,
  out: Float32Array,
  to: number,
  width: number,
  channels: number,
  first: number,
  last: number,
): void {
  for (let x = 0; x < width; x++) {
    const target = to + (width - 1 - x) * channels;
    const inside = x >= first && x < last;
    for (let c = 0; c < channels; c++) {
      out[target + c] = inside ? NORMALISED[pixels[from + x * channels + c]!]! : PADDING_VALUE;
    }
  }
}

/** Labels of a batch as int32, indices × labelsPerImage: class numbers, or 0/1 per label. */
export function gatherLabels(labels: Labels, indices: ArrayLike<number>): Int32Array {
  const { labelsPerImage, values } = labels;
  const result = new Int32Array(indices.length * labelsPerImage);
  for (let b = 0; b < indices.length; b++) {
    for (let l = 0; l < labelsPerImage; l++) result[b * labelsPerImage + l] = values[indices[b]! * labelsPerImage + l]!;
  }
  return result;
}

function outputFor(images: Images, indices: ArrayLike<number>, out: Float32Array | undefined): Float32Array {
  const length = indices.length * images.height * images.width * images.channels;
  if (out !== undefined && out.length !== length) {
    throw new RangeError(`out must have ${String(length)} values, saw ${String(out.length)}`);
  }
  return out ?? new Float32Array(length);
}
