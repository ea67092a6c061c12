import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { GpuStatistics } from '../../src-main/compute/gpu/backend.js';
import { GPU } from '../../src-main/compute/gpu/register.js';
import { NATIVE, registerNativeBackend } from '../../src-main/compute/native/register.js';
import { discreteNetwork } from '../../src-main/compute/operations/discrete-network.js';
import { discreteNetworkInference } from '../../src-main/compute/operations/discrete-network-inference.js';
import { tf } from '../../src-main/compute/tensorflow.js';
import type { Genotype } from '../../src-main/vocabulary/space.js';
import { DAWN, retraining, supernetStep, useFreshDevice } from './gpu-devices.js';
import { imagesOf, NETWORKS, weightShapes } from './networks.js';
import { differentiate, evaluate } from './support.js';

/*
 * Counts are exact and the same on every card, so Dawn's null backend gives them, in seconds. Its 512 MB hold half of the
 * batch of 32 of the budgets: bytes grow in proportion to the images, dispatches not at all.
 */

const counts = async (
  step: { readonly run: () => Promise<unknown> },
  read: () => GpuStatistics,
): Promise<GpuStatistics> => {
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
    [1, 350, 1e9],
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

  test.each([1, 2] as const)('phase %i: convolutions straight from storage need no other dispatches', async (phase) => {
    const backend = await useFreshDevice('null');
    const dispatches: number[] = [];
    for (const direct of [false, true]) {
      backend.direct = direct;
      const step = supernetStep({ channels: 6, cells: 2, size: 8, images: 2 }, phase);
      for (let i = 0; i < 3; i++) await step.run();
      dispatches.push((await counts(step, () => backend.statistics())).dispatches);
      backend.check();
      step.dispose();
    }
    expect(dispatches[1]).toBe(dispatches[0]);
  });

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

describe.runIf(DAWN)('discrete networks', () => {
  test('every kernel of ours that native has is there', async () => {
    await useFreshDevice('null');
    registerNativeBackend();
    const ours = (backend: string): string[] =>
      tf
        .getKernelsForBackend(backend)
        .map(({ kernelName }) => kernelName)
        .filter((name) => name.startsWith('MedForge'));
    expect(ours(GPU)).toEqual(expect.arrayContaining(ours(NATIVE)));
    expect(ours(NATIVE).length).toBeGreaterThan(20);
  });

  const genotype = JSON.parse(
    readFileSync(new URL('../../docs/genotypes/breastmnist-small.json', import.meta.url), 'utf8'),
  ) as Genotype;

  test('a step of breastmnist-small, 16 channels: at most 108 dispatches, 2 submissions, nothing new', async () => {
    const backend = await useFreshDevice('null');
    const trainer = retraining(genotype, 16);
    const run = (): Promise<unknown> => trainer.advance();
    const read = (): GpuStatistics => backend.statistics();
    // Two epochs: each has four steps and a validation.
    for (let i = 0; i < 8; i++) await run();
    const steady = await counts({ run }, read);
    expect(steady.dispatches).toBeLessThanOrEqual(108);
    expect(steady.submissions).toBeLessThanOrEqual(2);
    expect(steady.bytesMoved).toBeLessThanOrEqual(100e6);
    const nothing = { buffers: 0, bindGroups: 0, pipelines: 0, bytesInUse: 0, bytesAllocated: 0 };
    expect(steady).toMatchObject(nothing);
    for (let i = 0; i < 2; i++) await run();
    // The last step of an epoch, with a validation of one batch.
    const { dispatches, ...others } = await counts({ run }, read);
    expect(dispatches - steady.dispatches).toBeLessThanOrEqual(35);
    expect(others).toMatchObject(nothing);
    backend.check();
    trainer.dispose();
  });

  test.each(Object.entries(NETWORKS))('%s: no error with the smallest limits', async (_, of) => {
    const backend = await useFreshDevice('null');
    const tensors = tf.memory().numTensors;
    await differentiate(
      weightShapes(of.steps),
      (weights) => discreteNetwork(imagesOf(of), of.steps, Object.values(weights)).logits,
    );
    await evaluate(weightShapes(of.steps, true), (weights) =>
      discreteNetworkInference(imagesOf(of), of.steps, Object.values(weights)),
    );
    expect(tf.memory().numTensors).toBe(tensors);
    expect(backend.statistics().bytesInUse).toBe(0);
    backend.check();
  });
});
