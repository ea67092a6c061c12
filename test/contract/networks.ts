import type { NetworkStep } from '../../src-main/compute/operations/network-steps.js';
import type { tf } from '../../src-main/compute/tensorflow.js';
import { tensor } from './support.js';

/** A network for tests: images of `size` × `size` × 3. */
export interface NetworkCase {
  readonly images: number;
  readonly size: number;
  readonly steps: readonly NetworkStep[];
  /** A weight that the next batch norm makes superfluous: its gradient is what rounding leaves of zero. */
  readonly cancelled?: string;
}

const block = (
  input: number,
  kernel: number,
  from: number,
  to: number,
  stride: 1 | 2 = 1,
  relu = true,
): NetworkStep => ({
  kind: 'block',
  input,
  kernel,
  stride,
  relu,
  from,
  to,
});
const sum = (...inputs: number[]): NetworkStep => ({ kind: 'sum', inputs });
const pool = (input: number, of: 'same' | 'half' = 'same'): NetworkStep => ({ kind: 'pool', input, pool: of });
const head = (input: number, from: number, to: number): NetworkStep => ({ kind: 'head', input, from, to });
const stem = (channels: number): NetworkStep => block(0, 3, 3, channels, 1, false);

export const NETWORKS: Record<string, NetworkCase> = {
  'a stem and a head': { images: 3, size: 4, steps: [stem(4), head(1, 4, 2)] },
  'a reduction': {
    images: 9,
    size: 8,
    steps: [
      stem(8),
      pool(1, 'half'),
      { kind: 'convolution', input: 2, from: 8, to: 16 },
      block(1, 3, 8, 16, 2),
      block(4, 3, 16, 16),
      sum(3, 5),
      head(6, 16, 5),
    ],
  },
  'a chain, more than a group': {
    images: 19,
    size: 7,
    steps: [stem(16), block(1, 3, 16, 16), block(2, 3, 16, 16), block(3, 3, 16, 16), head(4, 16, 8)],
    cancelled: '3.shift',
  },
  'several vectors of channels, squares that are cut off': {
    images: 3,
    size: 10,
    steps: [
      stem(24),
      block(1, 3, 24, 40),
      block(2, 3, 40, 40),
      block(2, 5, 40, 40),
      sum(3, 4),
      block(5, 3, 40, 64),
      head(6, 64, 4),
    ],
    cancelled: '5.shift',
  },
  'every operation on an edge': {
    images: 4,
    size: 6,
    steps: [
      stem(8),
      block(1, 7, 8, 8),
      block(1, 5, 8, 8),
      block(2, 1, 8, 8),
      sum(3, 4),
      pool(1),
      block(2, 3, 8, 8),
      block(2, 3, 8, 8),
      pool(2),
      sum(6, 7, 8, 9, 5, 1),
      head(10, 8, 3),
    ],
  },
  'sums of sums, and one value twice': {
    images: 2,
    size: 5,
    steps: [stem(4), sum(1, 1), sum(1, 2), pool(3), pool(3), sum(4, 5, 3), block(6, 3, 4, 4), sum(7, 7), head(8, 4, 3)],
  },
  'halves that are halved, and odd channels': {
    images: 5,
    size: 8,
    steps: [stem(5), pool(1, 'half'), pool(1, 'half'), sum(2, 3), block(4, 3, 5, 7), pool(5, 'half'), head(6, 7, 2)],
  },
};

/** Shapes of the weights in the order of the steps. */
export function weightShapes(steps: readonly NetworkStep[], folded = false): Record<string, number[]> {
  const shapes: Record<string, number[]> = {};
  steps.forEach((step, i) => {
    const add = (name: string, ...shape: number[]): void => void (shapes[`${String(i)}.${name}`] = shape);
    if (step.kind === 'block') {
      add('filter', step.kernel, step.kernel, step.from, step.to);
      if (!folded) add('scale', step.to);
      add('shift', step.to);
    } else if (step.kind === 'convolution') add('filter', 1, 1, step.from, step.to);
    else if (step.kind === 'head') {
      add('scale', step.from);
      add('shift', step.from);
      add('kernel', step.from, step.to);
      add('offset', step.to);
    }
  });
  return shapes;
}

/** The images of a case, which are data and have no gradient. */
export const imagesOf = ({ images, size }: NetworkCase): tf.Tensor4D =>
  tensor([images, size, size, 3], 77) as tf.Tensor4D;
