/** A square over an image; what lies outside of the image is black. */
export interface Square {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

export type Kernel = 'area' | 'cubic';

/** What an output pixel takes from the pixels along one axis, counted from the image's edge. */
interface Taps {
  readonly start: number;
  readonly weights: Float64Array;
}

/**
 * Brings a square of an image to size × size pixels, row by row, so that no more than one row and the result are held.
 * @param length pixels of the image along each axis
 * @param readRow writes row y of the image, width × channels values from 0 to 255
 * @returns size × size × channels
 */
export function resampleSquare(
  { width, height }: { readonly width: number; readonly height: number },
  square: Square,
  size: number,
  channels: 1 | 3,
  kernel: Kernel,
  readRow: (y: number, row: Float64Array) => void,
): Uint8Array {
  const taps = tapsOf(square.side, size, kernel);
  const across = taps.map((those) => insideImage(those, square.left, width));
  const down = taps.map((those) => insideImage(those, square.top, height));
  const sums = new Float64Array(size * size * channels);
  const row = new Float64Array(width * channels);
  const narrow = new Float64Array(size * channels);
  const shrinkRow = channels === 1 ? shrinkGrey : shrinkColours;
  const first = Math.max(0, square.top);
  const end = Math.min(height, square.top + square.side);
  let oldest = 0;
  for (let y = first; y < end; y++) {
    readRow(y, row);
    shrinkRow(row, across, narrow);
    while (oldest < size && down[oldest]!.start + down[oldest]!.weights.length <= y) oldest++;
    for (let out = oldest; out < size && down[out]!.start <= y; out++) {
      const weight = down[out]!.weights[y - down[out]!.start];
      if (weight === undefined || weight === 0) continue;
      const at = out * size * channels;
      for (let i = 0; i < narrow.length; i++) sums[at + i]! += weight * narrow[i]!;
    }
  }
  // clamped by its type; to the nearest whole number, halves to the even one
  return new Uint8Array(new Uint8ClampedArray(sums).buffer);
}

function shrinkGrey(row: Float64Array, taps: readonly Taps[], result: Float64Array): void {
  for (let x = 0; x < taps.length; x++) {
    const { start, weights } = taps[x]!;
    let sum = 0;
    for (let k = 0; k < weights.length; k++) sum += weights[k]! * row[start + k]!;
    result[x] = sum;
  }
}

function shrinkColours(row: Float64Array, taps: readonly Taps[], result: Float64Array): void {
  for (let x = 0; x < taps.length; x++) {
    const { start, weights } = taps[x]!;
    let [red, green, blue] = [0, 0, 0];
    for (let k = 0, at = 3 * start; k < weights.length; k++, at += 3) {
      const weight = weights[k]!;
      red += weight * row[at]!;
      green += weight * row[at + 1]!;
      blue += weight * row[at + 2]!;
    }
    result[3 * x] = red;
    result[3 * x + 1] = green;
    result[3 * x + 2] = blue;
  }
}

/** Those that were made last: most images of a set have one size. */
let known: { readonly key: string; readonly taps: readonly Taps[] } = { key: '', taps: [] };

function tapsOf(input: number, output: number, kernel: Kernel): readonly Taps[] {
  const key = `${String(input)} ${String(output)} ${kernel}`;
  if (known.key === key) return known.taps;
  const scale = input / output;
  const taps = Array.from({ length: output }, (_, out) =>
    kernel === 'area' ? areaTaps(out * scale, (out + 1) * scale, input) : cubicTaps((out + 0.5) * scale, scale, input),
  );
  known = { key, taps };
  return taps;
}

/** The share of each pixel that lies between two places. */
function areaTaps(from: number, to: number, input: number): Taps {
  const start = Math.floor(from);
  const end = Math.min(input, Math.ceil(to));
  const weights = Float64Array.from(
    { length: end - start },
    (_, k) => Math.max(0, Math.min(to, start + k + 1) - Math.max(from, start + k)) / (to - from),
  );
  return { start, weights };
}

/** Catmull-Rom, widened by the reduction, as Pillow's BICUBIC: weights that add up to 1. */
function cubicTaps(center: number, scale: number, input: number): Taps {
  const stretch = Math.max(1, scale);
  const start = Math.max(0, Math.trunc(center - 2 * stretch + 0.5));
  const end = Math.min(input, Math.trunc(center + 2 * stretch + 0.5));
  const weights = Float64Array.from({ length: end - start }, (_, k) => cubic((start + k - center + 0.5) / stretch));
  const sum = weights.reduce((a, b) => a + b, 0);
  return { start, weights: weights.map((weight) => weight / sum) };
}

/** Keys (1981) with a = −0.5. */
function cubic(at: number): number {
  const x = Math.abs(at);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/** Taps along the square as taps along the image: outside of it is black, which adds nothing. */
function insideImage({ start, weights }: Taps, offset: number, length: number): Taps {
  const from = Math.min(Math.max(0, start + offset), length);
  const to = Math.max(from, Math.min(length, start + offset + weights.length));
  return { start: from, weights: weights.slice(from - start - offset, to - start - offset) };
}
