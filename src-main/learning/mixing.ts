import type { Random } from '../compute/random.js';

export interface MixingSettings {
  /** Parameter of the Beta distribution of mixup (Zhang et al. 2018); 0 = off. */
  readonly mixup: number;
  /** The same for CutMix (Yun et al. 2019). */
  readonly cutmix: number;
}

/** A batch of images with soft targets. */
export interface SoftBatch {
  readonly count: number;
  readonly size: number;
  readonly channels: number;
  /** count × size × size × channels, changed in place. */
  readonly pixels: Float32Array;
  readonly outputs: number;
  /** count × outputs, changed in place. */
  readonly targets: Float32Array;
}

/** Beta(a, a) by Jöhnk's method, in logarithms because u^(1/a) underflows for small a. */
export function drawSymmetricBeta(a: number, random: Random): number {
  for (;;) {
    const x = Math.log(1 - random.uniform()) / a;
    const y = Math.log(1 - random.uniform()) / a;
    const larger = Math.max(x, y);
    const logSum = larger + Math.log(Math.exp(x - larger) + Math.exp(y - larger));
    if (logSum <= 0) return Math.exp(x - logSum);
  }
}

/**
 * Mixes each image with its mirror in the batch (image i with image N−1−i), either by mixup or by CutMix, each as often
 * as the other when both are on. Works in place.
 */
export function mixBatch(batch: SoftBatch, settings: MixingSettings, random: Random): void {
  const { mixup, cutmix } = settings;
  if (mixup <= 0 && cutmix <= 0) return;
  const cut = cutmix > 0 && (mixup <= 0 || random.uniform() < 0.5);
  const kept = drawSymmetricBeta(cut ? cutmix : mixup, random);
  if (cut) mixTargets(batch, cutAndPaste(batch, kept, random));
  else {
    blend(batch.pixels, batch.count, kept);
    mixTargets(batch, kept);
  }
}

/** Row i becomes kept·row i + (1−kept)·row N−1−i. */
function blend(values: Float32Array, count: number, kept: number): void {
  const width = values.length / count;
  for (let i = 0; i < count >> 1; i++) {
    const first = i * width;
    const second = (count - 1 - i) * width;
    for (let j = 0; j < width; j++) {
      const a = values[first + j]!;
      const b = values[second + j]!;
      values[first + j] = kept * a + (1 - kept) * b;
      values[second + j] = kept * b + (1 - kept) * a;
    }
  }
}

function mixTargets(batch: SoftBatch, kept: number): void {
  blend(batch.targets, batch.count, kept);
}

/** Swaps one rectangle of about (1−kept) of the area between partners. @returns the share that was really kept */
function cutAndPaste(batch: SoftBatch, kept: number, random: Random): number {
  const { count, size, channels, pixels } = batch;
  const side = size * Math.sqrt(1 - kept);
  const span = (): [number, number] => {
    const centre = random.integer(size);
    return [Math.max(0, Math.round(centre - side / 2)), Math.min(size, Math.round(centre + side / 2))];
  };
  const [top, bottom] = span();
  const [left, right] = span();
  const width = size * size * channels;
  for (let i = 0; i < count >> 1; i++) {
    for (let y = top; y < bottom; y++) {
      const from = i * width + (y * size + left) * channels;
      const other = (count - 1 - i) * width + (y * size + left) * channels;
      const length = (right - left) * channels;
      const saved = pixels.slice(from, from + length);
      pixels.copyWithin(from, other, other + length);
      pixels.set(saved, other);
    }
  }
  return 1 - ((bottom - top) * (right - left)) / size ** 2;
}
