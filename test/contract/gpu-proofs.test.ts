import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { GpuBackend } from '../../src-main/compute/gpu/backend.js';
import { gpuBackend } from '../../src-main/compute/gpu/index.js';
import { convolutionBlock } from '../../src-main/compute/operations/convolution-block.js';
import { discreteNetwork } from '../../src-main/compute/operations/discrete-network.js';
import { mixedCell } from '../../src-main/compute/operations/mixed-cell.js';
import { tf } from '../../src-main/compute/tensorflow.js';
import { Learner } from '../../src-main/search/learner.js';
import { Supernet } from '../../src-main/search/supernet.js';
import { Architecture } from '../../src-main/search/architecture.js';
import { measureRound } from '../../src-main/search/zeroth-order-round.js';
import { ZoDartsPlusPlusSearch } from '../../src-main/search/methods/zo-darts-plus-plus/search.js';
import { zoDartsPlusPlusSettingsSchema } from '../../src-main/search/methods/zo-darts-plus-plus/settings.js';
import type { Batch } from '../../src-main/learning/batch-stream.js';
import { goldenRound } from '../unit/search/golden-round.js';
import { advance, keptSnapshot, STEPS, tinyProblem } from '../unit/search/tiny-problem.js';
import { expectedRound, type WorkedRound } from '../unit/search/worked-round.js';
import { activityOf, cellCase, type CellCase, cellShapes, runCell } from './cells.js';
import { supernetStep, useFreshDevice } from './gpu-devices.js';
import { imagesOf, NETWORKS, weightShapes } from './networks.js';
import { differentiate, expectBitIdentical, GPU_ENGINES } from './support.js';

if (GPU_ENGINES.length === 0) {
  test.skip('proofs on a graphics card: no adapter is found', () => undefined);
}

describe.each(GPU_ENGINES)('$name', ({ use }) => {
  beforeAll(use);
  afterEach(() => {
    gpuBackend().check();
  });

  const CELL: CellCase = { images: 3, size: 5, channels: 4, grown: true };
  const NETWORK = NETWORKS['a reduction']!;
  const functions: Record<string, Parameters<typeof differentiate>> = {
    'a discrete network': [
      weightShapes(NETWORK.steps),
      (weights) => discreteNetwork(imagesOf(NETWORK), NETWORK.steps, Object.values(weights)).logits,
    ],
    'a whole cell': [cellCase(CELL).shapes, cellCase(CELL).fused],
    'a strided block': [
      { x: [5, 8, 8, 4], filter: [3, 3, 4, 8], scale: [8], shift: [8] },
      ({ x, filter, scale, shift }) =>
        convolutionBlock(
          x as tf.Tensor4D,
          { filter: filter as tf.Tensor4D, scale: scale as tf.Tensor1D, shift: shift as tf.Tensor1D },
          { stride: 2 },
        ).output,
    ],
  };

  test.each(Object.entries(functions))(
    '%s: the same bits twice, and wherever its memory was before',
    async (name, [shapes, f]) => {
      const first = await differentiate(shapes, f);
      expectBitIdentical(await differentiate(shapes, f), first, `${name}, again`);
      const restore = poison(gpuBackend());
      try {
        expectBitIdentical(await differentiate(shapes, f), first, `${name}, on NaN`);
      } finally {
        restore();
      }
    },
  );

  test.each(Object.entries(functions))('%s: dispatches that are cut give the same bits', async (name, [shapes, f]) => {
    const backend = gpuBackend();
    const whole = await differentiate(shapes, f);
    const { mostOperations } = backend.limits;
    const before = backend.statistics().dispatches;
    backend.limits.mostOperations = 5000;
    try {
      expectBitIdentical(await differentiate(shapes, f), whole, name);
    } finally {
      backend.limits.mostOperations = mostOperations;
    }
    const cut = backend.statistics().dispatches - before;
    await differentiate(shapes, f);
    expect(cut).toBeGreaterThan(backend.statistics().dispatches - before - cut);
  });

  test.each([
    ['one or two operations an edge', ['s7', '1', '53', 'p', '7s', '3']],
    ['a node that leads nowhere', ['7s', '1', '', 's', '', '3']],
  ])('%s: leaving out what has probability 0 changes no bit', async (name, edges) => {
    const options: CellCase = { ...CELL, edges };
    const positive = activityOf(options);
    const run = (computed: typeof positive) =>
      differentiate(cellShapes(options), (inputs) => runCell(mixedCell, options, inputs, positive, computed));
    const left = await run(positive);
    const computed = await run(activityOf({ grown: true }));
    const { operations: _operations, kernels: _kernels, ...weights } = computed.gradients;
    expectBitIdentical(left, { value: computed.value, gradients: weights }, name);
  });

  test('net and twin stay bit-identical when the twin is not moved (u = 0)', async () => {
    const step = supernetStep({ channels: 4, cells: 1, size: 8, images: 4 }, 2);
    const twin = await step.learner.clone();
    const probabilities = {
      operations: new Float64Array(90).fill(0.2),
      kernels: new Float64Array(54).fill(1 / 3),
      depth: new Float64Array(3).fill(1),
    };
    for (let i = 0; i < 3; i++) {
      for (const learner of [step.learner, twin])
        await learner.step(step.batch, probabilities, { learningRate: 0.1, sparse: true });
    }
    const [own, other] = [await step.learner.arrays(''), await twin.arrays('')];
    expect(other).toEqual(own);
    expect(Object.values(own).every((values) => values.every(Number.isFinite))).toBe(true);
    step.dispose();
    twin.dispose();
  });

  test('gradients that somebody keeps stay as they are, and change no step', async () => {
    const step = supernetStep({ channels: 4, cells: 1, size: 8, images: 4 }, 2);
    // From the second step on gradients lie in one buffer.
    for (let i = 0; i < 2; i++) await step.run();
    const twin = await step.learner.clone();
    const values = async (gradients: readonly (tf.Tensor | null)[]) =>
      Promise.all(gradients.map(async (gradient) => gradient && (await gradient.data())));
    const [kept, others] = [(await step.gradients()).weights, (await step.gradients()).weights];
    const expected = await values(kept);
    expect(expected.some((numbers) => numbers?.some((g) => g !== 0))).toBe(true);
    expect(await values(others)).toEqual(expected);
    tf.dispose(others.filter((gradient) => gradient !== null));
    const options = { learningRate: 0.05, sparse: true };
    const probabilities = {
      operations: new Float64Array(90).fill(0.2),
      kernels: new Float64Array(54).fill(1 / 3),
      depth: new Float64Array(3).fill(1),
    };
    const move = async (learner: Learner) => learner.step(step.batch, probabilities, options);
    // The first step takes the gradients that are kept, the second others.
    for (const learner of [step.learner, step.learner, twin, twin]) await move(learner);
    expect(await values(kept)).toEqual(expected);
    tf.dispose(kept.filter((gradient) => gradient !== null));
    for (const learner of [step.learner, twin]) await move(learner);
    expect(await twin.arrays('')).toEqual(await step.learner.arrays(''));
    step.dispose();
    twin.dispose();
  });

  test('a search that is paused goes on with the same bits, across growth', async () => {
    const problem = tinyProblem({ space: { channels: 4, cells: 1, inputChannels: 1, classes: 2 } });
    const settings = zoDartsPlusPlusSettingsSchema.parse({});
    const open = (saved: Parameters<typeof ZoDartsPlusPlusSearch.open>[2]): ZoDartsPlusPlusSearch =>
      ZoDartsPlusPlusSearch.open(problem, settings, saved);
    const whole = open(null);
    await advance(whole, 2 * STEPS - 1);
    const paused = open(await keptSnapshot(whole));
    await advance(whole, 3);
    await advance(paused, 3);
    expect(whole.architecture.grown).toBe(true);
    const [expected, actual] = [await keptSnapshot(whole), await keptSnapshot(paused)];
    expect(Object.keys(actual.arrays)).toEqual(Object.keys(expected.arrays));
    for (const [name, values] of Object.entries(expected.arrays)) expect(actual.arrays[name], name).toEqual(values);
    whole.dispose();
    paused.dispose();
  });

  const FILE = fileURLToPath(new URL('../../../shared/golden/zo_step.npz', import.meta.url));
  test.each([
    ['of expected-round.py', (): Promise<WorkedRound> => Promise.resolve(expectedRound())] as const,
    ...(existsSync(FILE) ? [['of the design', (): Promise<WorkedRound> => goldenRound(FILE)] as const] : []),
  ])('the worked round %s is reproduced to 1e-3', async (_, read) => {
    const round = await read();
    const { space, temperature, learningRate, direction, distance, answers } = round;
    const architecture = Architecture.fromVector(space.cells, round.architecture);
    const batchOf = ({ pixels, labels }: WorkedRound['validation']): Batch => ({
      x: tf.tensor4d(Float32Array.from(pixels), [labels.length, 8, 8, space.inputChannels]),
      targets: tf.tensor2d(
        Array.from(labels, (label) => Array.from({ length: space.classes }, (_, k) => Number(k === label))),
      ),
      task: 'multi-class',
    });
    const net = Learner.of(Supernet.fromArrays(space, round.weights));
    const twin = await net.clone();
    const [own, moved] = [architecture, architecture.moved(direction, distance)].map((a) =>
      a.probabilities(temperature),
    );
    const losses: number[] = [];
    for (const images of round.training) {
      const batch = batchOf(images);
      losses.push((await net.step(batch, own!, { learningRate, sparse: true })).loss);
      losses.push((await twin.step(batch, moved!, { learningRate, sparse: true })).loss);
    }
    const validation = batchOf(round.validation);
    const perturbation = { direction, distance };
    const estimate = await measureRound(net, twin, architecture, perturbation, validation, {
      temperature,
      sparse: true,
    });
    const difference = (actual: ArrayLike<number>, expected: ArrayLike<number>): number =>
      Math.max(...Array.from(expected, (value, i) => Math.abs(actual[i]! - value))) /
      Math.max(...Array.from(expected, Math.abs));
    expect(difference(losses, answers.trainingLosses)).toBeLessThan(1e-3);
    expect(difference([estimate.loss], [answers.validationLoss])).toBeLessThan(1e-3);
    expect(difference(estimate.architectureGradient, answers.architectureGradient)).toBeLessThan(1e-3);
    expect(difference([estimate.direct], [answers.direct])).toBeLessThan(1e-3);
    expect(difference([estimate.slope], [answers.slope])).toBeLessThan(1e-3);
    net.dispose();
    twin.dispose();
  });

  // Last: it leaves another device behind.
  test('a device with the smallest limits gives the same bits', async () => {
    const [shapes, f] = functions['a whole cell']!;
    const expected = await differentiate(shapes, f);
    const backend = await useFreshDevice('adapter');
    expect(backend.device.limits.maxStorageBufferBindingSize).toBe(128 * 1024 * 1024);
    expect(backend.device.limits.maxStorageBuffersPerShaderStage).toBe(8);
    expectBitIdentical(await differentiate(shapes, f), expected, 'smallest limits');
  });
});

/** Fills every buffer that is taken with NaN, behind all that was recorded before. @returns undoes it */
function poison(backend: GpuBackend): () => void {
  const size = 1 << 20;
  const nan = backend.device.createBuffer({ size, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
  backend.queue.writeBuffer(nan, 0, new Uint32Array(size / 4).fill(0x7fc00000));
  const { acquire } = backend;
  backend.acquire = (...args) => {
    const buffer = acquire.apply(backend, args);
    expect(buffer.size).toBeLessThanOrEqual(size);
    backend.copy(nan, 0, buffer, 0, buffer.size - (buffer.size % 4));
    return buffer;
  };
  return () => {
    backend.acquire = acquire;
    nan.destroy();
  };
}
