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

/**
 * Beta(a, a) for any a > 0, as G/(G + G′) of two Gamma(a) draws, in logarithms because those of a small `a` underflow.
 * @throws RangeError unless `a` is a finite number above 0
 */
export function drawSymmetricBeta(a: number, random: Random): number {
  if (!(a > 0 && a < Infinity)) throw new RangeError(`a must be a finite number above 0, saw ${String(a)}`);
  const first = drawLogGamma(a, random);
  const second = drawLogGamma(a, random);
  return 1 / (1 + Math.exp(second - first));
}

/**
 * Logarithm of a Gamma(a, 1) draw by Marsaglia and Tsang (2000), who accept more than 95 % of their proposals for any
 * a ≥ 1; below 1 it is a Gamma(a + 1) draw times U^(1/a).
 */
function drawLogGamma(a: number, random: Random): number {
  if (a < 1) return drawLogGamma(a + 1, random) + Math.log(1 - random.uniform()) / a;
  const d = a - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < x ** 2 / 2 + d - d * v + d * Math.log(v)) {
      return Math.log(d) + Math.log(v);
    }
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
