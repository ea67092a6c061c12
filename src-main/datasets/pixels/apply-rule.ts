import type { PixelRule } from '../../vocabulary/pixel-rule.js';
import { toneOf, type Tone } from './intensity.js';
import { resampleSquare, type Square } from './resample.js';
import type { SourceImage } from './source-image.js';

/** What a rule made of an image. */
export interface AppliedRule {
  /** size × size × channels, 0 to 255. */
  readonly pixels: Uint8Array;
  /** What was done, for people: `PNG 30×12, middle 12×12 cut out, resized to 8×8 (cubic)`. */
  readonly preparation: string;
}

/**
 * Brings an image to the pixels of a dataset: samples to 0 to 255, colours to grey or grey to three equal channels, the
 * square of the rule, and its size.
 * @param source what messages call the image
 * @throws UserError `image-intensity` when its samples are of another kind than those of the rule
 */
export function applyRule(rule: PixelRule, image: SourceImage, source = 'the image'): AppliedRule {
  const { size, channels, fit, resampling, intensity } = rule;
  const { tone, note } = toneOf(image, intensity, source);
  const square = squareOf(image, fit);
  const pixels = resampleSquare(image, square, size, channels, resampling, rowReader(image, tone, channels));
  const { width, height, frames, frame } = image;
  const said = [
    `${image.format} ${String(width)}×${String(height)}`,
    frames > 1 ? `image ${String(frame + 1)} of ${String(frames)}` : '',
    ...image.notes,
    note ?? '',
    image.inverted ? 'inverted (MONOCHROME1)' : '',
    conversion(image, channels),
    width === height
      ? ''
      : fit === 'crop'
        ? `middle ${String(square.side)}×${String(square.side)} cut out`
        : 'padded with black to a square',
    square.side === size ? 'not resized' : `resized to ${String(size)}×${String(size)} (${resampling})`,
  ];
  return { pixels, preparation: said.filter((word) => word !== '').join(', ') };
}

function conversion(image: SourceImage, channels: 1 | 3): string {
  if (image.channels === channels) return '';
  if (channels === 3) return 'grey to three channels';
  return image.isGrey ? 'grey stored as colours' : 'colours to grey';
}

function squareOf({ width, height }: SourceImage, fit: PixelRule['fit']): Square {
  const side = fit === 'crop' ? Math.min(width, height) : Math.max(width, height);
  return { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), side };
}

/** Writes a row as 0 to 255 with the channels that are wanted. */
function rowReader(image: SourceImage, tone: Tone, channels: 1 | 3): (y: number, row: Float64Array) => void {
  const { width, samples } = image;
  const table = tableOf(image, tone);
  const value: Tone = table ? (sample) => table[sample]! : tone;
  const length = width * image.channels;
  return (y, row) => {
    const start = y * length;
    if (image.channels === channels && table) {
      for (let i = 0; i < length; i++) row[i] = table[samples[start + i]!]!;
    } else if (image.channels === channels) {
      for (let i = 0; i < length; i++) row[i] = value(samples[start + i]!);
    } else if (channels === 1) {
      for (let x = 0, at = start; x < width; x++, at += 3) {
        row[x] = luma(value(samples[at]!), value(samples[at + 1]!), value(samples[at + 2]!));
      }
    } else {
      for (let x = 0; x < width; x++) row.fill(value(samples[start + x]!), 3 * x, 3 * x + 3);
    }
  };
}

/** ITU-R BT.601, as Pillow's conversion to `L`; exact where the three are equal. */
const luma = (red: number, green: number, blue: number): number =>
  red === green && green === blue ? red : 0.299 * red + 0.587 * green + 0.114 * blue;

/** The tone of every whole sample; null where samples are fractions. */
function tableOf({ samples }: SourceImage, tone: Tone): Float64Array | null {
  if (samples instanceof Float32Array) return null;
  const length = samples instanceof Uint8Array ? 256 : 65536;
  const table = new Float64Array(length);
  for (let i = 0; i < length; i++) table[i] = tone(i);
  return table;
}
