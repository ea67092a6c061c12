import { describe, expect, test } from 'vitest';
import { batchNorm } from '../../src-main/compute/operations/batch-norm.js';
import { convolutionBlock } from '../../src-main/compute/operations/convolution-block.js';
import { mixedCell } from '../../src-main/compute/operations/mixed-cell.js';
import { sgdUpdate } from '../../src-main/compute/operations/sgd-update.js';
import { weightedSum } from '../../src-main/compute/operations/weighted-sum.js';
import { tf } from '../../src-main/compute/tensorflow.js';
import { activityOf, cellCase, type CellCase, cellShapes, runCell } from './cells.js';
import { bits, differentiate, expectBitIdentical, INSTRUCTION_SETS, tensor, useNativeWith } from './support.js';

const CELL: CellCase = { images: 19, size: 7, channels: 16, grown: true };
/** So large that one thread works through it in more chunks than eight do. */
const LARGE_CELL: CellCase = { images: 24, size: 28, channels: 16, grown: false };

const functions: Record<string, Parameters<typeof differentiate>> = {
  'a whole cell': [cellCase(CELL).shapes, cellCase(CELL).fused],
  'a cell in several chunks': [cellCase(LARGE_CELL).shapes, cellCase(LARGE_CELL).fused],
  'a strided block': [
    { x: [11, 10, 10, 16], filter: [3, 3, 16, 32], scale: [32], shift: [32] },
    ({ x, filter, scale, shift }) =>
      convolutionBlock(
        x as tf.Tensor4D,
        { filter: filter as tf.Tensor4D, scale: scale as tf.Tensor1D, shift: shift as tf.Tensor1D },
        { stride: 2 },
      ).output,
  ],
  'a batch norm': [{ x: [11, 7, 7, 24] }, ({ x }) => batchNorm(x as tf.Tensor4D).output],
  'a weighted sum': [
    { a: [30, 10, 10, 16], b: [30, 10, 10, 16], weights: [2] },
    ({ a, b, weights }) => weightedSum([a, b] as tf.Tensor4D[], weights as tf.Tensor1D),
  ],
  'a sum': [{ x: [70_001] }, ({ x }) => tf.sum(x!)],
  'a convolution': [
    { x: [9, 9, 9, 8], filter: [5, 5, 8, 20] },
    ({ x, filter }) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'),
  ],
};

describe.each(INSTRUCTION_SETS)('%s', (instructionSet) => {
  test.each(Object.entries(functions))('%s is bit-identical for any number of threads', async (name, [shapes, f]) => {
    await useNativeWith(instructionSet, 1);
    const expected = await differentiate(shapes, f);
    for (const threads of [2, 3, 8]) {
      await useNativeWith(instructionSet, threads);
      expectBitIdentical(await differentiate(shapes, f), expected, `${name}, ${String(threads)} threads`);
    }
  });

  test('an optimiser step is bit-identical for any number of threads', async () => {
    const step = async (threads: number): Promise<Uint32Array[]> => {
      await useNativeWith(instructionSet, threads);
      const parameter = tf.tidy(() => tf.variable(tensor([300, 301], 1)));
      const momentum = tf.tidy(() => tf.variable(tensor([300, 301], 2)));
      const gradient = tensor([300, 301], 3);
      const options = { learningRate: 0.1, momentum: 0.9, weightDecay: 3e-4, clipNorm: 5 };
      sgdUpdate([parameter], [momentum], [gradient], options);
      const result = [parameter, momentum].map((v) => bits(v.dataSync<'float32'>()));
      tf.dispose([parameter, momentum, gradient]);
      return result;
    };
    const expected = await step(1);
    expect(await step(2)).toEqual(expected);
    expect(await step(3)).toEqual(expected);
  });

  // What has probability 0, left out and computed.
  const sparse: Record<string, readonly string[]> = {
    'one or two operations an edge': ['s7', '1', '53', 'p', '7s', '3'],
    'one path': ['7', '', 's', '', '', 'p'],
    'a node that leads nowhere': ['7s', '1', '', 's', '', '3'],
    'a node that nothing reaches': ['', 's1', '75', '', '1', 'p'],
    'no path at all': ['7', 's', '', '', '', ''],
    'no convolution': ['s', 'p', 's', '', 'p', 's'],
  };
  test.each(Object.entries(sparse))('%s: leaving out what has probability 0 changes no bit', async (name, edges) => {
    await useNativeWith(instructionSet);
    const options: CellCase = { images: 9, size: 5, channels: 8, grown: true, edges };
    const positive = activityOf(options);
    const everything = activityOf({ grown: true });
    const run = (computed: typeof positive) =>
      differentiate(cellShapes(options), (inputs) => runCell(mixedCell, options, inputs, positive, computed));
    const left = await run(positive);
    const computed = await run(everything);
    // What is left out has no gradient by its own probability; sparsemax gives its entry of α none either.
    const { operations: _o, kernels: _k, ...weights } = computed.gradients;
    expectBitIdentical(left, { value: computed.value, gradients: weights }, name);
    // Gradients by the probabilities that are positive agree too.
    positive.operations.forEach((row, edge) => {
      row.forEach((active, operation) => {
        if (!active || operation === 0) return;
        const at = edge * 5 + operation;
        expect(left.gradients['operations']![at]).toBe(computed.gradients['operations']![at]);
      });
    });
  });
});
