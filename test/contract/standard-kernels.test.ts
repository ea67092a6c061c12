import { beforeAll, describe, expect, test } from 'vitest';
import { tf } from '../../src-main/compute/tensorflow.js';
import { differentiate, type Differentiated, ENGINES, expectSame, quietReference } from './support.js';

type Tensors = { readonly [input: string]: tf.Tensor };
interface Case {
  readonly shapes: { readonly [input: string]: number[] };
  readonly compute: (inputs: Tensors) => tf.Tensor;
}

/** images, height, width, input channels, output channels, kernel, stride, padding of TensorFlow.js. */
const CONVOLUTIONS: [number, number, number, number, number, number, 1 | 2, 'same' | 'valid' | number][] = [
  [1, 5, 5, 1, 1, 1, 1, 'same'],
  [1, 6, 6, 1, 16, 3, 1, 'same'],
  [3, 6, 6, 3, 16, 3, 1, 1],
  [8, 7, 7, 16, 16, 7, 1, 3],
  [9, 4, 5, 16, 16, 5, 1, 'same'],
  [17, 3, 3, 16, 16, 3, 1, 'same'],
  [2, 7, 7, 32, 32, 3, 1, 1],
  [5, 3, 3, 64, 64, 1, 1, 0],
  [2, 4, 4, 64, 128, 3, 1, 1],
  [7, 5, 5, 4, 4, 7, 1, 3],
  [6, 6, 6, 8, 12, 5, 1, 2],
  [4, 6, 6, 12, 24, 3, 1, 1],
  [3, 5, 7, 5, 7, 3, 1, 'valid'],
  [2, 3, 40, 16, 16, 7, 1, 3],
  [9, 12, 13, 16, 48, 7, 1, 3],
  [3, 5, 34, 9, 20, 5, 1, 'same'],
  [2, 9, 11, 8, 8, 3, 1, 'valid'],
  [11, 8, 4, 24, 40, 3, 1, 1],
  [3, 8, 8, 16, 32, 3, 2, 1],
  [2, 7, 7, 8, 16, 3, 2, 1],
  [2, 6, 6, 4, 8, 3, 2, 'same'],
  [2, 9, 9, 4, 20, 5, 2, 2],
  [4, 6, 6, 8, 16, 1, 2, 0],
  [2, 6, 6, 4, 6, 2, 2, 'valid'],
];

const cases: Record<string, Case> = {};
for (const [n, h, w, c, o, k, stride, pad] of CONVOLUTIONS) {
  cases[
    `conv2d ${String(n)}×${String(h)}×${String(w)}×${String(c)} → ${String(o)}, ${String(k)}×${String(k)}, stride ${String(stride)}, pad ${String(pad)}`
  ] = {
    shapes: { x: [n, h, w, c], filter: [k, k, c, o] },
    compute: ({ x, filter }) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad),
  };
}
for (const shape of [[1], [16], [3, 5], [2, 3, 4, 5], [40001]]) {
  const name = `[${shape.join(', ')}]`;
  cases[`add ${name}`] = { shapes: { a: shape, b: shape }, compute: ({ a, b }) => tf.add(a!, b!) };
  cases[`sub ${name}`] = { shapes: { a: shape, b: shape }, compute: ({ a, b }) => tf.sub(a!, b!) };
  cases[`mul ${name}`] = { shapes: { a: shape, b: shape }, compute: ({ a, b }) => tf.mul(a!, b!) };
  cases[`mul ${name} by a scalar`] = { shapes: { a: shape, b: [] }, compute: ({ a, b }) => tf.mul(a!, b!) };
  cases[`scalar minus ${name}`] = { shapes: { a: [], b: shape }, compute: ({ a, b }) => tf.sub(a!, b!) };
  cases[`addN ${name}`] = { shapes: { a: shape, b: shape, c: shape }, compute: ({ a, b, c }) => tf.addN([a!, b!, c!]) };
  cases[`relu ${name}`] = { shapes: { x: shape }, compute: ({ x }) => tf.relu(x!) };
  cases[`sum ${name}`] = { shapes: { x: shape }, compute: ({ x }) => tf.sum(x!) };
}
/** Begin and size of a slice of [2, 3, 4, 5]. */
const SLICES: [number[], number[]][] = [
  [
    [0, 0, 0, 0],
    [2, 3, 4, 2],
  ],
  [
    [0, 0, 0, 2],
    [2, 3, 4, 1],
  ],
  [
    [1, 1, 2, 3],
    [1, 2, -1, 2],
  ],
  [
    [0, 0, 0, 0],
    [2, 3, 4, 5],
  ],
  [
    [0, 2, 0, 0],
    [2, 1, 4, 5],
  ],
];
for (const [begin, size] of SLICES) {
  const compute = ({ x }: Tensors): tf.Tensor => tf.slice(x!, begin, size);
  cases[`slice [${begin.join(', ')}] of [${size.join(', ')}]`] = { shapes: { x: [2, 3, 4, 5] }, compute };
}
for (const order of [
  [0, 2, 1],
  [2, 1, 0],
  [1, 0, 2],
  [0, 1, 2],
]) {
  const compute = ({ x }: Tensors): tf.Tensor => tf.transpose(x!, order);
  cases[`transpose [${order.join(', ')}]`] = { shapes: { x: [7, 4, 3] }, compute };
}
for (const axis of [0, 1, 2]) {
  const compute = ({ x }: Tensors): tf.Tensor => {
    const [first, , last] = tf.split(x!, [1, 2, 1], axis);
    return tf.sub(first!, last!);
  };
  cases[`split along axis ${String(axis)}`] = { shapes: { x: [4, 4, 4] }, compute };
}
cases['pad with 0.5'] = {
  shapes: { x: [2, 3, 2] },
  compute: ({ x }) =>
    tf.pad(
      x!,
      [
        [0, 0],
        [2, 1],
        [0, 3],
      ],
      0.5,
    ),
};
cases['add [4, 3] and [3], a broadcast'] = { shapes: { a: [4, 3], b: [3] }, compute: ({ a, b }) => tf.add(a!, b!) };
cases['sum along an axis'] = { shapes: { x: [4, 3, 5] }, compute: ({ x }) => tf.sum(x!, 1) };
for (const shape of [
  [1, 2, 2, 1],
  [3, 4, 6, 5],
  [2, 8, 8, 16],
] as [number, number, number, number][]) {
  cases[`avgPool 2×2 [${shape.join(', ')}]`] = {
    shapes: { x: shape },
    compute: ({ x }) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid'),
  };
}
cases['avgPool 3×3, stride 2: left to the CPU backend'] = {
  shapes: { x: [2, 7, 7, 3] },
  compute: ({ x }) => tf.avgPool(x as tf.Tensor4D, 3, 2, 'valid'),
};
for (const [m, k, n] of [
  [1, 1, 1],
  [32, 64, 2],
  [7, 64, 11],
  [5, 3, 17],
] as const) {
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      cases[`matMul ${String(m)}×${String(k)}×${String(n)} ${transposeA ? 'Aᵀ' : 'A'}${transposeB ? 'Bᵀ' : 'B'}`] = {
        shapes: { a: transposeA ? [k, m] : [m, k], b: transposeB ? [n, k] : [k, n] },
        compute: ({ a, b }) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, transposeA, transposeB),
      };
    }
  }
}

const expected = new Map<string, Differentiated>();

beforeAll(async () => {
  quietReference();
  await tf.setBackend('cpu');
  for (const [name, { shapes, compute }] of Object.entries(cases))
    expected.set(name, await differentiate(shapes, compute));
}, 60_000);

describe.each(ENGINES)('$name: kernels of TensorFlow.js give what its CPU backend gives', ({ use }) => {
  test.each(Object.entries(cases))('%s', async (name, { shapes, compute }) => {
    await use();
    expectSame(await differentiate(shapes, compute), expected.get(name)!, name);
    expect(tf.getBackend()).not.toBe('cpu');
  });
});
