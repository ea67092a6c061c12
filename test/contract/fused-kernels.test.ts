import { beforeAll, describe, test } from 'vitest';
import { averagePool3x3, averagePool3x3Composition } from '../../src-main/compute/operations/average-pool.js';
import { batchNorm, batchNormComposition } from '../../src-main/compute/operations/batch-norm.js';
import {
  convolutionBlock,
  convolutionBlockComposition,
  type ConvolutionBlockOptions,
} from '../../src-main/compute/operations/convolution-block.js';
import {
  convolutionBlockInference,
  convolutionBlockInferenceComposition,
} from '../../src-main/compute/operations/convolution-block-inference.js';
import {
  rectifiedGlobalAveragePool,
  rectifiedGlobalAveragePoolComposition,
} from '../../src-main/compute/operations/global-average-pool.js';
import {
  sigmoidCrossEntropy,
  sigmoidCrossEntropyComposition,
  softmaxCrossEntropy,
  softmaxCrossEntropyComposition,
} from '../../src-main/compute/operations/losses.js';
import { weightedSum, weightedSumComposition } from '../../src-main/compute/operations/weighted-sum.js';
import { tf } from '../../src-main/compute/tensorflow.js';
import { cellCase, CELLS } from './cells.js';
import type { GpuBackend } from '../../src-main/compute/gpu/backend.js';
import {
  differentiate,
  type Differentiated,
  ENGINES,
  evaluate,
  expectSame,
  GPU_ENGINES,
  quietReference,
} from './support.js';

type Tensors = { readonly [input: string]: tf.Tensor };
interface Case {
  readonly shapes: { readonly [input: string]: number[] };
  readonly fused: (inputs: Tensors) => tf.Tensor;
  readonly composition: (inputs: Tensors) => tf.Tensor;
  readonly tolerance?: number;
  /** Has no gradient. */
  readonly value?: true;
}

const cases: Record<string, Case> = {};

/** images, size, input channels, output channels, kernel, stride, with bias, with scale and shift, with ReLU. */
const BLOCKS: [number, number, number, number, number, 1 | 2, boolean, boolean, boolean][] = [
  [3, 6, 1, 16, 3, 1, false, true, false],
  [2, 5, 3, 4, 3, 1, true, false, true],
  [4, 4, 16, 16, 7, 1, true, false, true],
  [9, 3, 8, 12, 5, 1, false, true, true],
  [2, 4, 64, 24, 1, 1, true, true, true],
  [3, 8, 8, 16, 3, 2, false, true, true],
  [2, 7, 4, 8, 5, 2, true, true, false],
  [1, 4, 32, 128, 3, 1, false, false, true],
];
for (const [n, size, c, o, k, stride, bias, scaled, relu] of BLOCKS) {
  const options: ConvolutionBlockOptions = { stride, relu };
  const name = `${String(n)}×${String(size)}×${String(size)}×${String(c)} → ${String(o)}, ${String(k)}×${String(k)}, stride ${String(stride)}${bias ? ', bias' : ''}${scaled ? ', scale' : ''}${relu ? ', ReLU' : ''}`;
  const shapes: Record<string, number[]> = { x: [n, size, size, c], filter: [k, k, c, o] };
  if (bias) shapes['bias'] = [o];
  if (scaled) Object.assign(shapes, { scale: [o], shift: [o] });
  const run = (block: typeof convolutionBlock) => (inputs: Tensors) =>
    block(inputs['x'] as tf.Tensor4D, inputs as unknown as Parameters<typeof convolutionBlock>[1], options);
  cases[`convolutionBlock ${name}`] = {
    shapes,
    fused: (inputs) => run(convolutionBlock)(inputs).output,
    composition: (inputs) => run(convolutionBlockComposition)(inputs).output,
  };
  // Statistics are results without a gradient: two numbers a channel.
  const statistics = (block: typeof convolutionBlock) => (inputs: Tensors) => {
    const { mean, variance } = run(block)(inputs);
    return tf.concat([mean, variance]);
  };
  cases[`convolutionBlock statistics ${name}`] = {
    shapes,
    fused: statistics(convolutionBlock),
    composition: statistics(convolutionBlockComposition),
    value: true,
  };
  if (!bias) continue;
  const folded = (inputs: Tensors) => inputs as unknown as Parameters<typeof convolutionBlockInference>[1];
  cases[`convolutionBlockInference ${name}`] = {
    shapes: { x: shapes['x']!, filter: shapes['filter']!, bias: [o] },
    fused: (inputs) => convolutionBlockInference(inputs['x'] as tf.Tensor4D, folded(inputs), options),
    composition: (inputs) => convolutionBlockInferenceComposition(inputs['x'] as tf.Tensor4D, folded(inputs), options),
    value: true,
  };
}

for (const shape of [
  [2, 1, 1, 3],
  [3, 5, 4, 16],
  [9, 3, 3, 20],
  [2, 7, 7, 64],
]) {
  const name = `[${shape.join(', ')}]`;
  const channels = [shape[3]!];
  cases[`batchNorm ${name}`] = {
    shapes: { x: shape },
    fused: ({ x }) => batchNorm(x as tf.Tensor4D).output,
    composition: ({ x }) => batchNormComposition(x as tf.Tensor4D).output,
    // Two values a channel: the gradient is a difference of nearly equal numbers.
    tolerance: shape[1] === 1 ? 1e-3 : 1e-5,
  };
  cases[`batchNorm with scale and shift ${name}`] = {
    shapes: { x: shape, scale: channels, shift: channels },
    fused: ({ x, scale, shift }) => batchNorm(x as tf.Tensor4D, scale as tf.Tensor1D, shift as tf.Tensor1D).output,
    composition: ({ x, scale, shift }) =>
      batchNormComposition(x as tf.Tensor4D, scale as tf.Tensor1D, shift as tf.Tensor1D).output,
    tolerance: shape[1] === 1 ? 1e-3 : 1e-5,
  };
  cases[`averagePool3x3 ${name}`] = {
    shapes: { x: shape },
    fused: ({ x }) => averagePool3x3(x as tf.Tensor4D),
    composition: ({ x }) => averagePool3x3Composition(x as tf.Tensor4D),
  };
  cases[`rectifiedGlobalAveragePool ${name}`] = {
    shapes: { x: shape },
    fused: ({ x }) => rectifiedGlobalAveragePool(x as tf.Tensor4D),
    composition: ({ x }) => rectifiedGlobalAveragePoolComposition(x as tf.Tensor4D),
  };
  cases[`weightedSum ${name}`] = {
    shapes: { a: shape, b: shape, c: shape, weights: [3] },
    fused: ({ a, b, c, weights }) => weightedSum([a, b, c] as tf.Tensor4D[], weights as tf.Tensor1D),
    composition: ({ a, b, c, weights }) => weightedSumComposition([a, b, c] as tf.Tensor4D[], weights as tf.Tensor1D),
  };
}

for (const [rows, classes] of [
  [1, 2],
  [32, 2],
  [7, 11],
] as const) {
  // Targets are data: no gradient is taken by them.
  const targets = (): tf.Tensor2D =>
    tf.softmax(tf.reshape<tf.Rank.R2>(tf.mul(tf.range(0, rows * classes), 0.37), [rows, classes]));
  const scaled = (logits: tf.Tensor | undefined): tf.Tensor2D => tf.mul<tf.Tensor2D>(logits!, 40);
  const name = `${String(rows)}×${String(classes)}`;
  cases[`softmaxCrossEntropy ${name}`] = {
    shapes: { logits: [rows, classes] },
    fused: ({ logits }) => softmaxCrossEntropy(scaled(logits), targets()),
    composition: ({ logits }) => softmaxCrossEntropyComposition(scaled(logits), targets()),
  };
  cases[`sigmoidCrossEntropy ${name}`] = {
    shapes: { logits: [rows, classes] },
    fused: ({ logits }) => sigmoidCrossEntropy(scaled(logits), targets()),
    composition: ({ logits }) => sigmoidCrossEntropyComposition(scaled(logits), targets()),
  };
}

for (const [name, options] of Object.entries(CELLS)) cases[`mixedCell ${name}`] = cellCase(options);

const expected = new Map<string, Differentiated>();

beforeAll(async () => {
  quietReference();
  await tf.setBackend('cpu');
  for (const [name, { shapes, composition, value }] of Object.entries(cases)) {
    expected.set(name, await (value ? evaluate : differentiate)(shapes, composition));
  }
}, 60_000);

describe.each(ENGINES)('$name: fused kernels give what their compositions give on the CPU backend', ({ use }) => {
  test.each(Object.entries(cases))('%s', async (name, { shapes, fused, tolerance, value }) => {
    await use();
    expectSame(await (value ? evaluate : differentiate)(shapes, fused), expected.get(name)!, name, tolerance);
  });
});

// Cards compute convolutions in tiles, renderers on the processor straight from storage; each also has to do it the other way.
const BOTH_WAYS = Object.entries(cases).filter(([name]) =>
  /^(mixedCell phase 2, (4|6) channels|convolutionBlock 3×8×8×8)/.test(name),
);
describe.each(GPU_ENGINES)('$name: convolutions the other way', ({ use }) => {
  test.each(BOTH_WAYS)('%s', async (name, { shapes, fused, tolerance }) => {
    await use();
    const backend = tf.backend() as unknown as GpuBackend;
    const { direct } = backend;
    backend.direct = !direct;
    try {
      expectSame(await differentiate(shapes, fused), expected.get(name)!, name, tolerance);
    } finally {
      backend.direct = direct;
    }
  });
});
