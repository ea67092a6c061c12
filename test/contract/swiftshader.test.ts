/** The smallest of the contract on the renderer of Chromium, whose compiler differs from that of every card and of lavapipe. */
import { SWIFTSHADER } from './swiftshader-driver.js';
import { afterEach, describe, expect, test } from 'vitest';
import { gpuBackend } from '../../src-main/compute/gpu/index.js';
import { convolutionBlock, convolutionBlockComposition } from '../../src-main/compute/operations/convolution-block.js';
import { tf } from '../../src-main/compute/tensorflow.js';
import { cellCase } from './cells.js';
import { supernetStep } from './gpu-devices.js';
import {
  differentiate,
  expectBitIdentical,
  expectSame,
  GPU_ENGINES,
  INSTRUCTION_SETS,
  quietReference,
  useNativeWith,
} from './support.js';

const engines = SWIFTSHADER === null ? [] : GPU_ENGINES;
if (engines.length === 0) {
  test.skip('SwiftShader: no Electron for Linux is installed, or no Vulkan loader (libvulkan1)', () => undefined);
}

/** Compiling for it once took minutes where there was a branch for each condition of a load. */
const MOST_SECONDS = 30;

const block = (compute: typeof convolutionBlock) => (inputs: { readonly [input: string]: tf.Tensor }) =>
  compute(inputs['x'] as tf.Tensor4D, inputs as unknown as Parameters<typeof convolutionBlock>[1], {
    stride: 2,
    relu: true,
  }).output;

describe.each(engines)('$name', ({ use, name }) => {
  afterEach(() => {
    gpuBackend().check();
  });

  const { shapes, fused, composition } = cellCase({ images: 2, size: 3, channels: 4, grown: true });
  const cases: Record<string, Parameters<typeof differentiate>[]> = {
    'a cell': [
      [shapes, fused],
      [shapes, composition],
    ],
    'a block of stride 2': [block(convolutionBlock), block(convolutionBlockComposition)].map((compute) => [
      { x: [2, 6, 6, 8], filter: [3, 3, 8, 16], scale: [16], shift: [16] },
      compute,
    ]),
  };

  test.each(Object.entries(cases))('%s: agrees with its composition, twice with the same bits', async (what, both) => {
    const [[inputs, compute], [, expected]] = both as [(typeof both)[0], (typeof both)[0]];
    expect(name).toMatch(/swiftshader/i);
    await tf.setBackend('cpu');
    quietReference();
    const reference = await differentiate(inputs, expected);
    await use();
    const begin = process.cpuUsage();
    const first = await differentiate(inputs, compute);
    const { user, system } = process.cpuUsage(begin);
    expectSame(first, reference, what);
    expectBitIdentical(await differentiate(inputs, compute), first, `${what}, again`);
    expect((user + system) / 1e6, 'seconds of the processor').toBeLessThan(MOST_SECONDS);
  });

  test('three steps of a supernet have the losses of native', async () => {
    const losses = async (): Promise<number[]> => {
      const step = supernetStep({ channels: 4, cells: 1, size: 12, images: 2 }, 1);
      const found = [await step.run(), await step.run(), await step.run()];
      step.dispose();
      return found;
    };
    await useNativeWith(INSTRUCTION_SETS[0]!);
    const expected = await losses();
    await use();
    for (const [i, loss] of (await losses()).entries()) {
      expect(Math.abs(loss - expected[i]!), `loss of step ${i + 1}`).toBeLessThan(1e-5);
    }
  });
});
