/// <reference types="@webgpu/types" />
import { GpuBackend } from '../../src-main/compute/gpu/backend.js';
import { gpuFault } from '../../src-main/compute/gpu/faults.js';
import { GPU, registerGpuBackend } from '../../src-main/compute/gpu/register.js';
import { tf } from '../../src-main/compute/tensorflow.js';
import { createRandom } from '../../src-main/compute/random.js';
import type { Batch } from '../../src-main/learning/batch-stream.js';
import { Learner, type Gradients } from '../../src-main/search/learner.js';
import type { LabelledImages, TrainingDataset } from '../../src-main/datasets/dataset.js';
import type { ArchitectureTable } from '../../src-main/space/architecture-table.js';
import { planNetwork } from '../../src-main/space/network-plan.js';
import { Trainer } from '../../src-main/training/trainer.js';
import type { Genotype } from '../../src-main/vocabulary/space.js';
import { RECIPE_DEFAULTS } from '../../src-main/vocabulary/recipe.js';

interface Dawn {
  readonly create: (options: string[]) => GPU;
  readonly globals: Record<string, unknown>;
}

/** Dawn, where the optional package is installed. */
async function loadDawn(): Promise<Dawn | null> {
  try {
    return (await import('webgpu')) as unknown as Dawn;
  } catch {
    return null;
  }
}

const dawn = await loadDawn();
export const DAWN = dawn !== null;
if (!DAWN) console.warn('not tested: counts and faults of the GPU backend, as the package webgpu is not installed');

type Host = 'null' | 'adapter';
const hosts = new Map<Host, GPU>();

/** Dawn's null backend checks and counts all commands and computes nothing; it has 512 MB and the smallest limits. */
function hostOf(kind: Host): GPU {
  Object.assign(globalThis, dawn!.globals);
  let host = hosts.get(kind);
  if (!host) hosts.set(kind, (host = dawn!.create(kind === 'null' ? ['backend=null'] : [])));
  const scope = globalThis as { navigator?: object };
  if (scope.navigator) Object.defineProperty(scope.navigator, 'gpu', { value: host, configurable: true });
  else Object.defineProperty(scope, 'navigator', { value: { gpu: host }, configurable: true });
  return host;
}

let open: () => Promise<GpuBackend>;

/** Makes `gpu` the active backend, on a fresh device with the smallest limits that WebGPU allows. */
export async function useFreshDevice(kind: Host): Promise<GpuBackend> {
  open = async () => {
    const adapter = (await hostOf(kind).requestAdapter())!;
    const device = await adapter.requestDevice();
    return new GpuBackend(device, (adapter as unknown as { readonly info: GPUAdapterInfo }).info, gpuFault);
  };
  registerGpuBackend(() => open());
  if (GPU in tf.engine().registry) {
    tf.removeBackend(GPU);
    tf.registerBackend(GPU, () => open(), 0);
  }
  await tf.setBackend(GPU);
  await tf.ready();
  return tf.backend() as unknown as GpuBackend;
}

export interface Step {
  readonly learner: Learner;
  readonly batch: Batch;
  /** One dense step of the weights. @returns the loss */
  readonly run: () => Promise<number>;
  readonly gradients: () => Promise<Gradients>;
  readonly dispose: () => void;
}

/** A dense step of the supernet on noise. @param phase 2: grown */
export function supernetStep(
  options: { readonly channels: number; readonly cells: number; readonly size: number; readonly images: number },
  phase: 1 | 2,
): Step {
  const { channels, cells, size, images } = options;
  const learner = Learner.create({ channels, cells, inputChannels: 1, classes: 2 }, createRandom(0, 'weights'));
  if (phase === 2) learner.grow();
  const random = createRandom(0, 'images');
  const pixels = Float32Array.from({ length: images * size * size }, () => random.normal());
  const targets = Float32Array.from({ length: 2 * images }, (_, i) => Number(i % 2 === (i >> 1) % 2));
  const batch: Batch = {
    x: tf.tensor4d(pixels, [images, size, size, 1]),
    targets: tf.tensor2d(targets, [images, 2]),
    task: 'multi-class',
  };
  const even = (rows: number, columns: number): Float64Array => new Float64Array(rows * columns).fill(1 / columns);
  const probabilities: ArchitectureTable = {
    operations: even(18, 5),
    kernels: phase === 2 ? even(18, 3) : null,
    depth: phase === 2 ? even(3, cells) : null,
  };
  return {
    learner,
    batch,
    run: async () => (await learner.step(batch, probabilities, { learningRate: 0.05, sparse: true })).loss,
    gradients: () => learner.gradients(batch, probabilities, true),
    dispose: () => {
      learner.dispose();
      tf.dispose([batch.x, batch.targets]);
    },
  };
}

/** The training of a genotype's network on noise, 28×28. @param images of a batch */
export function retraining(genotype: Genotype, images: number): Trainer {
  const random = createRandom(0, 'images');
  const part = (count: number): LabelledImages => ({
    images: {
      count,
      height: 28,
      width: 28,
      channels: 1,
      pixels: Uint8Array.from({ length: count * 28 * 28 }, () => random.integer(256)),
    },
    labels: { count, labelsPerImage: 1, values: Uint8Array.from({ length: count }, (_, i) => i % 2) },
  });
  const parts = { train: part(4 * images), val: part(images) };
  const dataset = { task: 'multi-class', classes: 2, size: 28, channels: 1, horizontalFlip: true, parts } as const;
  const plan = planNetwork({ channels: 16, cells: 3, inputChannels: 1, classes: 2 }, genotype);
  const recipe = { ...RECIPE_DEFAULTS, batch: images };
  return Trainer.create(dataset as unknown as TrainingDataset, plan, recipe, 0);
}
