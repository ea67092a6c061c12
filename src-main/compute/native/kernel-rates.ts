import type { NativeBinding } from './binding.js';

/** Speed of one convolution kernel, on all threads. */
export interface KernelRate {
  readonly kernel: 'forward' | 'input gradient' | 'filter gradient';
  /** Side of the square filter, channels in and out, height and width of the images. */
  readonly taps: number;
  readonly channels: number;
  readonly size: number;
  /** Edges that leave the node: their convolutions share the input. */
  readonly edges: number;
  /** 10⁹ floating-point operations a second. Only the products that are computed count: fewer than a direct convolution's. */
  readonly gflops: number;
  /** The same, had a direct convolution without taps on padding taken the time. */
  readonly directGflops: number;
  /** Of the peak that the processor reached with multiply-adds that touch no memory. */
  readonly peakShare: number;
}

export interface KernelRates {
  readonly peakGflops: number;
  readonly kernels: readonly KernelRate[];
}

const PASSES = ['forward', 'input gradient', 'filter gradient'] as const;
const REPETITIONS = 15;

/**
 * Measures the convolutions of the three stages of a supernet.
 * @param options.images of a batch  @param options.channels of the stem  @param options.size of an image
 */
export function measureKernels(
  binding: NativeBinding,
  options: { readonly images: number; readonly channels: number; readonly size: number },
): KernelRates {
  const kernels: KernelRate[] = [];
  let peak = binding.measurePeak(4 * REPETITIONS);
  for (let stage = 0; stage < 3; stage++) {
    const channels = options.channels << stage;
    const size = options.size >> stage;
    for (const taps of [7, 5, 3, 1]) {
      for (const edges of [3, 1]) {
        PASSES.forEach((kernel, pass) => {
          const shape = Int32Array.of(options.images, size, size, channels);
          const { seconds, operations, direct } = binding.measureConvolution(
            pass as 0 | 1 | 2,
            shape,
            taps,
            edges,
            REPETITIONS,
          );
          const rate = (count: number): number => count / seconds / 1e9;
          const speeds = { gflops: rate(operations), directGflops: rate(direct), peakShare: 0 };
          kernels.push({ kernel, taps, channels, size, edges, ...speeds });
        });
      }
    }
    // The clock may change while this runs; the best peak seen is the fair one.
    peak = Math.max(peak, binding.measurePeak(4 * REPETITIONS));
  }
  const peakGflops = peak / 1e9;
  return { peakGflops, kernels: kernels.map((rate) => ({ ...rate, peakShare: rate.gflops / peakGflops })) };
}
