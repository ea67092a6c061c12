import type { GenotypeOperation } from '../vocabulary/space.js';

/** Kernel size of an operation of a finished network; 0 for those without weights. */
export function kernelSize(operation: GenotypeOperation): number {
  const match = /^conv_(\d)x\1$/.exec(operation);
  return match ? Number(match[1]) : 0;
}

/**
 * Trainable parameters of a k×k convolution c → c of a finished network: no bias, and a batch norm with scale and shift.
 * @param kernel 0 for an operation without weights
 */
export function convolutionParameters(kernel: number, channels: number): number {
  return kernel === 0 ? 0 : kernel * kernel * channels * channels + 2 * channels;
}
