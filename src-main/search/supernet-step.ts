import { createRandom } from '../compute/random.js';
import { tf } from '../compute/tensorflow.js';
import type { Batch } from '../learning/batch-stream.js';
import type { ArchitectureTable } from '../space/architecture-table.js';
import { EDGE_ROWS, KERNEL_SIZES, OPERATIONS, STAGES } from '../vocabulary/space.js';
import { Learner } from './learner.js';

/** A dense training step of the supernet, net only: everything is in the support, so everything is computed. */
export interface StepShape {
  /** 1: 7×7 kernels and full depth; 2: all kernels and depths. */
  readonly phase: 1 | 2;
  readonly batch: number;
  readonly channels: number;
  readonly cells: number;
  /** Height and width of the images. */
  readonly size: number;
}

/** Numbers that a backend counts. */
export interface Counts {
  readonly [name: string]: number;
}

export interface StepTiming extends StepShape {
  /** Steps that were timed. */
  readonly steps: number;
  /** Seconds of the first step, in which code is compiled. */
  readonly first_s: number;
  readonly step_s: number;
  readonly least_s: number;
  readonly images_per_s: number;
  /** Milliseconds of the processor until a step is handed over. */
  readonly recording_ms: number;
  readonly loss: number;
  /** Of the last step; of bytes, the state after it. Null where the backend counts nothing. */
  readonly counts: Counts | null;
}

interface StepTimingOptions {
  readonly steps: number;
  /** `performance.now()` at which no further step begins; one is timed in any case. Default: never. */
  readonly until?: number;
  /** Counts of the backend since it was opened; keys that begin with `bytes` are states. */
  readonly statistics?: () => Counts;
  /** Between two steps. */
  readonly turn?: () => Promise<void>;
}

const CLASSES = 2;
/** Steps before those that are timed. */
const WARM_UP = 2;

/** Medians of steps on the active backend, after two that warm up. */
export async function timeSupernetStep(
  shape: StepShape,
  { steps, until = Infinity, statistics, turn = async () => undefined }: StepTimingOptions,
): Promise<StepTiming> {
  const { phase, batch, channels, cells, size } = shape;
  const learner = Learner.create({ channels, cells, inputChannels: 1, classes: CLASSES }, createRandom(0, 'benchmark'));
  if (phase === 2) learner.grow();
  const data = randomBatch(batch, size);
  const probabilities = evenProbabilities(phase, cells);
  const times: number[] = [];
  const recorded: number[] = [];
  let first = 0;
  let loss = 0;
  let counts: Counts | null = null;
  try {
    for (let i = 0; i < steps + WARM_UP; i++) {
      if (i > WARM_UP && performance.now() > until) break;
      await turn();
      const before = statistics?.();
      const start = performance.now();
      const done = learner.step(data, probabilities, { learningRate: 0.01, sparse: true });
      const handedOver = performance.now() - start;
      ({ loss } = await done);
      // What the step left in the queue after its loss was read belongs to it.
      if (statistics) await tf.tidy(() => tf.scalar(0).add(1)).data();
      const seconds = (performance.now() - start) / 1000;
      if (i === 0) first = seconds;
      if (i >= WARM_UP) {
        times.push(seconds);
        recorded.push(handedOver);
      }
      if (before && statistics) counts = difference(statistics(), before);
    }
  } finally {
    learner.dispose();
    tf.dispose([data.x, data.targets]);
  }
  const step = median(times);
  return {
    ...{ phase, batch, channels, cells, size, steps: times.length },
    first_s: first,
    step_s: step,
    least_s: Math.min(...times),
    images_per_s: batch / step,
    recording_ms: median(recorded),
    loss,
    counts,
  };
}

/** Of what a backend counts between two moments. */
export function difference(after: Counts, before: Counts): Counts {
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, name.startsWith('bytes') ? value : value - before[name]!]),
  );
}

/** Drawn images of one channel in two classes, in turn. */
export function randomBatch(batch: number, size: number): Batch {
  const random = createRandom(0, 'images');
  const pixels = Float32Array.from({ length: batch * size * size }, () => random.normal());
  return {
    x: tf.tensor4d(pixels, [batch, size, size, 1]),
    targets: tf.tensor2d(
      Array.from({ length: batch }, (_, i) => [i % 2, 1 - (i % 2)]),
      [batch, CLASSES],
      'float32',
    ),
    task: 'multi-class',
  };
}

/** Everything is in the support, so everything is computed. */
export function evenProbabilities(phase: 1 | 2, cells: number): ArchitectureTable {
  const even = (rows: number, columns: number): Float64Array => new Float64Array(rows * columns).fill(1 / columns);
  return {
    operations: even(EDGE_ROWS, OPERATIONS.length),
    kernels: phase === 2 ? even(EDGE_ROWS, KERNEL_SIZES.length) : null,
    depth: phase === 2 ? even(STAGES, cells) : null,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
