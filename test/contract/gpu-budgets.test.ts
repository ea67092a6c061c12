import { describe, expect, test } from 'vitest';
import type { GpuStatistics } from '../../src-main/compute/gpu/backend.js';
import { tf } from '../../src-main/compute/tensorflow.js';
import { DAWN, supernetStep, useFreshDevice, type Step } from './gpu-devices.js';

/*
 * Counts are exact and the same on every card, so Dawn's null backend gives them, in seconds. Its 512 MB hold half of the
 * batch of 32 of the budgets: bytes grow in proportion to the images, dispatches not at all.
 */

const counts = async (step: Step, read: () => GpuStatistics): Promise<GpuStatistics> => {
  const before = read();
  await step.run();
  const after = read();
  const grown = Object.entries(after).map(([name, value]) => [
    name,
    (value as number) - before[name as keyof GpuStatistics],
  ]);
  return Object.fromEntries(grown) as GpuStatistics;
};

const DENSE = { channels: 16, cells: 3, size: 28 };
describe.runIf(DAWN)('budgets of a dense step, 16 channels, 3 cells, 28×28', () => {
  test.each([
    // The aim of phase 1 is 1e9: see docs/gpu.md.
    [1, 350, 1.15e9],
    [2, 450, 2e9],
  ] as const)('phase %i: at most %i dispatches, %i bytes at a batch of 32', async (phase, dispatches, bytes) => {
    const moved: number[] = [];
    for (const images of [8, 16]) {
      const backend = await useFreshDevice('null');
      const step = supernetStep({ ...DENSE, images }, phase);
      const read = (): GpuStatistics => backend.statistics();
      // Warm: shaders compiled, weights joined.
      for (let i = 0; i < 3; i++) await step.run();
      const steady = await counts(step, read);
      expect(steady.dispatches).toBeLessThanOrEqual(dispatches);
      expect(steady.submissions).toBeLessThanOrEqual(2);
      expect(steady).toMatchObject({ buffers: 0, bindGroups: 0, pipelines: 0, bytesInUse: 0, bytesAllocated: 0 });
      moved.push(steady.bytesMoved);
      backend.check();
      step.dispose();
    }
    const [eight, sixteen] = moved as [number, number];
    expect(sixteen + 2 * (sixteen - eight)).toBeLessThanOrEqual(bytes);
  });

  test.each([1, 2] as const)(
    'phase %i: gradients by the probabilities are there where they are asked for',
    async (phase) => {
      const backend = await useFreshDevice('null');
      const step = supernetStep({ channels: 4, cells: 2, size: 8, images: 2 }, phase);
      const tensors = tf.memory().numTensors;
      const { weights, probabilities } = await step.gradients();
      expect(probabilities.operations).toHaveLength(90);
      expect(probabilities.kernels ?? []).toHaveLength(phase === 2 ? 54 : 0);
      expect(probabilities.depth ?? []).toHaveLength(phase === 2 ? 6 : 0);
      tf.dispose(weights.filter((gradient) => gradient !== null));
      expect(tf.memory().numTensors).toBe(tensors);
      backend.check();
      step.dispose();
    },
  );

  test('200 steps leave tensors, buffers and bytes as they are', async () => {
    const backend = await useFreshDevice('null');
    const step = supernetStep({ channels: 4, cells: 1, size: 8, images: 2 }, 2);
    const state = (): unknown => {
      const { buffers, bindGroups, pipelines, bytesInUse, bytesAllocated } = backend.statistics();
      const { numTensors, numDataBuffers, numBytes } = tf.memory();
      return { buffers, bindGroups, pipelines, bytesInUse, bytesAllocated, numTensors, numDataBuffers, numBytes };
    };
    for (let i = 0; i < 3; i++) await step.run();
    const before = state();
    for (let i = 0; i < 200; i++) await step.run();
    expect(state()).toEqual(before);
    backend.check();
    step.dispose();
  });
});
