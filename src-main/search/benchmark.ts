import { cpus } from 'node:os';
import { useBackend } from '../compute/index.js';
import { nativeBackend } from '../compute/native/index.js';
import { measureKernels, type KernelRate } from '../compute/native/kernel-rates.js';
import { createRandom } from '../compute/random.js';
import { tf } from '../compute/tensorflow.js';
import type { SpaceSettings } from '../vocabulary/space.js';
import { Learner } from './learner.js';
import { evenProbabilities, median, randomBatch } from './supernet-step.js';

export interface BenchmarkOptions {
  /** 1: 7×7 kernels and full depth; 2: all kernels and depths. */
  readonly phase: 1 | 2;
  readonly batch: number;
  /** 0: as many as the machine has processors. */
  readonly threads: number;
  /** Training steps that are timed, after one that warms up. */
  readonly steps: number;
  /** Also measure each convolution kernel by itself. */
  readonly kernels: boolean;
}

/** Dense training steps of a supernet of 16 channels and 3 cells a stage on 28×28 images, net only. */
export interface BenchmarkResult {
  readonly processor: string;
  readonly instruction_set: string;
  readonly phase: 1 | 2;
  readonly batch: number;
  readonly threads: number;
  /** Median seconds of a step, and images per second at that time. */
  readonly step_s_median: number;
  readonly images_per_s: number;
  /** Share of a step that is spent outside the native kernels. */
  readonly outside_kernels: number;
  readonly resident_mib: number;
  /** Peak of multiply-adds that touch no memory, and each kernel's speed; null when not measured. */
  readonly peak_gflops: number | null;
  readonly kernels: readonly KernelRate[] | null;
}

const SPACE: SpaceSettings = { channels: 16, cells: 3, inputChannels: 1, classes: 2 };
const SIZE = 28;

/** Times the native backend. @throws UserError when it cannot be used */
export async function runBenchmark(options: BenchmarkOptions): Promise<BenchmarkResult> {
  const { phase, batch, steps } = options;
  const { threads } = await useBackend('native', { threads: options.threads });
  const { binding } = nativeBackend();
  const learner = Learner.create(SPACE, createRandom(0, 'benchmark'));
  if (phase === 2) learner.grow();
  const data = randomBatch(batch, SIZE);
  const probabilities = evenProbabilities(phase, SPACE.cells);
  const times: number[] = [];
  const outside: number[] = [];
  for (let i = 0; i <= steps; i++) {
    const inKernels = binding.statistics().seconds;
    const start = performance.now();
    await learner.step(data, probabilities, { learningRate: 0.1, sparse: true });
    const seconds = (performance.now() - start) / 1000;
    times.push(seconds);
    outside.push(1 - (binding.statistics().seconds - inKernels) / seconds);
  }
  learner.dispose();
  tf.dispose([data.x, data.targets]);
  const resident = process.memoryUsage.rss() / 2 ** 20;
  const rates = options.kernels
    ? measureKernels(binding, { images: batch, channels: SPACE.channels, size: SIZE })
    : null;
  const step = median(times.slice(1));
  return {
    processor: cpus()[0]?.model.trim() ?? process.arch,
    instruction_set: binding.instructionSet(),
    phase,
    batch,
    threads,
    step_s_median: step,
    images_per_s: batch / step,
    outside_kernels: median(outside.slice(1)),
    resident_mib: resident,
    peak_gflops: rates?.peakGflops ?? null,
    kernels: rates?.kernels ?? null,
  };
}
