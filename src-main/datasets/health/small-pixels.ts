import type { Images } from '../dataset.js';

/** Sides of a small image: as few numbers as a linear model of them can be fitted in a second or two. */
const SIDE = { 1: 14, 3: 8 } as const;

export interface SmallPixels {
  /** Row-major, images × features, from 0 to 1. */
  readonly values: Float32Array;
  readonly features: number;
  readonly side: number;
}

/** Images made small by area: 14 × 14 grey or 8 × 8 × 3, or as they are where they are smaller. @param chosen their numbers */
export function smallPixels(images: Images, chosen: ArrayLike<number>): SmallPixels {
  const { height, width, channels, pixels } = images;
  const side = Math.min(SIDE[channels], height, width);
  const features = side * side * channels;
  const values = new Float32Array(chosen.length * features);
  for (let n = 0; n < chosen.length; n++) {
    const from = chosen[n]! * height * width * channels;
    for (let row = 0; row < side; row++) {
      const [top, bottom] = [Math.floor((row * height) / side), Math.ceil(((row + 1) * height) / side)];
      for (let column = 0; column < side; column++) {
        const [left, right] = [Math.floor((column * width) / side), Math.ceil(((column + 1) * width) / side)];
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let y = top; y < bottom; y++) {
            for (let x = left; x < right; x++) sum += pixels[from + (y * width + x) * channels + c]!;
          }
          values[n * features + (row * side + column) * channels + c] = sum / ((bottom - top) * (right - left) * 255);
        }
      }
    }
  }
  return { values, features, side };
}
