import { tf } from '../../tensorflow.js';
import type { GpuBackend } from '../backend.js';
import * as arrays from '../shaders/arrays.js';
import {
  convolution,
  forwardGroups,
  inputGradient,
  inputGradientGroups,
  keyOf,
  operationsOf,
} from '../shaders/convolution.js';
import { filterGradient, filterGradientGroups, filterGradientSum, partsOf } from '../shaders/filter-gradient.js';
import { elementGroups } from '../shaders/normalisation.js';
import { input, sizeOf, type Attributes, type Inputs } from './common.js';
import { blockGeometry } from './convolution-block.js';

/** A kernel that leaves what it does not support to TensorFlow.js's kernel of the same name. */
export type Override = (backend: GpuBackend, inputs: Inputs, attributes: Attributes) => tf.TensorInfo | null;

type Pair = number | readonly [number, number];
const isPair = (value: Pair, wanted: number): boolean =>
  Array.isArray(value) ? value[0] === wanted && value[1] === wanted : value === wanted;

/** 2×2 average, stride 2, of images with even sides. */
function halves(shape: readonly number[], attributes: Attributes): boolean {
  return (
    shape.length === 4 &&
    shape[1]! % 2 === 0 &&
    shape[2]! % 2 === 0 &&
    isPair(attributes['filterSize'] as Pair, 2) &&
    isPair(attributes['strides'] as Pair, 2) &&
    (attributes['pad'] === 'valid' || attributes['pad'] === 'same' || attributes['pad'] === 0)
  );
}

const imageShape = (shape: readonly number[]): arrays.ImageShape => ({
  images: shape[0]!,
  height: shape[1]!,
  width: shape[2]!,
  channels: shape[3]!,
});

/** Is this the convolution of a block: square, odd, padded by half of its side, one stride? */
function plain(x: readonly number[], filter: readonly number[], attributes: Attributes): boolean {
  const [height, width] = filter as [number, number];
  if (attributes['dataFormat'] !== 'NHWC' || x.length !== 4 || height !== width || height % 2 === 0) return false;
  const info = tf.backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    attributes['strides'] as [number, number],
    (attributes['dilations'] as [number, number] | undefined) ?? 1,
    attributes['pad'] as number,
    attributes['dimRoundingMode'] as 'floor' | undefined,
  );
  const { padInfo, strideHeight, strideWidth, dilationHeight, dilationWidth, outHeight, outWidth } = info;
  const pad = height >> 1;
  const out = (size: number): number => Math.floor((size + 2 * pad - height) / strideHeight) + 1;
  return (
    strideHeight === strideWidth &&
    dilationHeight === 1 &&
    dilationWidth === 1 &&
    padInfo.top === pad &&
    padInfo.left === pad &&
    outHeight === out(x[1]!) &&
    outWidth === out(x[2]!)
  );
}

const strideOf = (attributes: Attributes): number => {
  const strides = attributes['strides'] as Pair;
  return typeof strides === 'number' ? strides : strides[0];
};

const isFloat = (...tensors: tf.TensorInfo[]): boolean => tensors.every((tensor) => tensor.dtype === 'float32');
const like = (shape: number[]): tf.TensorInfo => ({ dataId: {}, shape, dtype: 'float32' });

export const overrides: Record<string, Override> = {
  Conv2D: (backend, inputs, attributes) => {
    const x = input(inputs, 'x');
    const filter = input(inputs, 'filter');
    if (!isFloat(x, filter) || !plain(x.shape, filter.shape, attributes)) return null;
    const { side, outShape, shape } = blockGeometry(x, filter, strideOf(attributes), false, backend.direct);
    const y = backend.output(outShape);
    backend.dispatchInShares(
      backend.program(`convolution ${keyOf(shape)}`, () => convolution(shape)),
      [backend.part(x), backend.part(filter), backend.part(y)],
      forwardGroups(shape, 1),
      [side, 0, 0, 0],
      operationsOf(shape, [side]),
    );
    return y;
  },
  Conv2DBackpropInput: (backend, inputs, attributes) => {
    const dy = input(inputs, 'dy');
    const filter = input(inputs, 'filter');
    const x = like(attributes['inputShape'] as number[]);
    if (!isFloat(dy, filter) || !plain(x.shape, filter.shape, attributes)) return null;
    const { side, shape } = blockGeometry(x, filter, strideOf(attributes), false, backend.direct);
    const dx = backend.output(x.shape);
    // Without a ReLU the shader does not read x, but has a place for it.
    const unused = backend.part(filter);
    backend.dispatchInShares(
      backend.program(`input gradient ${keyOf(shape)}`, () => inputGradient(shape)),
      [backend.part(dy), backend.part(filter), unused, backend.part(dx)],
      inputGradientGroups(shape),
      [1, 0, 0, 0, side, 0, 0, 0],
      operationsOf(shape, [side]),
    );
    return dx;
  },
  Conv2DBackpropFilter: (backend, inputs, attributes) => {
    const x = input(inputs, 'x');
    const dy = input(inputs, 'dy');
    const filter = like(attributes['filterShape'] as number[]);
    if (!isFloat(x, dy) || !plain(x.shape, filter.shape, attributes)) return null;
    const { side, shape: geometry } = blockGeometry(x, filter, strideOf(attributes), false, backend.direct);
    const shape = { ...geometry, cell: false };
    const gradient = backend.output(filter.shape);
    const parts = partsOf(shape);
    const size = sizeOf(filter.shape);
    const partial = backend.acquire(parts * size * 4);
    backend.dispatchInShares(
      backend.program(`filter gradient ${keyOf(shape)}`, () => filterGradient(shape)),
      [backend.part(x), backend.part(dy), backend.whole(partial)],
      filterGradientGroups(shape, side, 1),
      [side, 0, 0, 0],
      operationsOf(shape, [side]),
    );
    backend.dispatch(
      backend.program(`filter gradient sum ${parts} 1`, () => filterGradientSum(parts, 1)),
      [backend.whole(partial), backend.part(gradient)],
      [Math.ceil(size / 256)],
      [size, 0, 0, 0],
    );
    backend.release(partial);
    return gradient;
  },
  AvgPool: (backend, inputs, attributes) => {
    const x = input(inputs, 'x');
    if (!isFloat(x) || !halves(x.shape, attributes)) return null;
    const shape = imageShape(x.shape);
    const y = backend.output([shape.images, shape.height / 2, shape.width / 2, shape.channels]);
    backend.dispatch(
      backend.program(`pool 2x2 ${keyOf(shape)}`, () => arrays.averagePool2x2(shape, false)),
      [backend.part(x), backend.part(y)],
      elementGroups(sizeOf(y.shape)),
    );
    return y;
  },
  AvgPoolGrad: (backend, inputs, attributes) => {
    const dy = input(inputs, 'dy');
    const x = input(inputs, 'input');
    if (!isFloat(dy) || !halves(x.shape, attributes)) return null;
    const shape = imageShape(x.shape);
    const dx = backend.output(x.shape);
    backend.dispatch(
      backend.program(`pool 2x2 gradient ${keyOf(shape)}`, () => arrays.averagePool2x2(shape, true)),
      [backend.part(dy), backend.part(dx)],
      elementGroups(sizeOf(x.shape)),
    );
    return dx;
  },
  BatchMatMul: (backend, inputs, attributes) => {
    const a = input(inputs, 'a');
    const b = input(inputs, 'b');
    const transposeA = attributes['transposeA'] as boolean;
    const transposeB = attributes['transposeB'] as boolean;
    const flat = ({ shape }: tf.TensorInfo): boolean => shape.slice(0, -2).every((size) => size === 1);
    if (!isFloat(a, b) || !flat(a) || !flat(b) || a.shape.length !== b.shape.length) return null;
    const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
    const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
    const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
    const n = transposeB ? rowsB : columnsB;
    if (k !== (transposeB ? columnsB : rowsB)) return null;
    const y = backend.output([...a.shape.slice(0, -2), m, n]);
    backend.dispatch(
      backend.program(`matrix product ${m} ${k} ${n} ${String(transposeA)} ${String(transposeB)}`, () =>
        arrays.matrixProduct(m, k, n, transposeA, transposeB),
      ),
      [backend.part(a), backend.part(b), backend.part(y)],
      elementGroups(m * n),
    );
    return y;
  },
  // Of equal shapes, as residuals and gradients have them: five times as quick to record.
  Add: (backend, inputs) => {
    const [a, b] = [input(inputs, 'a'), input(inputs, 'b')];
    if (!isFloat(a, b) || !tf.util.arraysEqual(a.shape, b.shape) || sizeOf(a.shape) === 0) return null;
    const sum = backend.output(a.shape);
    const size = sizeOf(a.shape);
    backend.dispatch(
      backend.program(`addition ${size}`, () => arrays.addition(size)),
      [backend.part(a), backend.part(b), backend.part(sum)],
      elementGroups(size),
    );
    return sum;
  },
  // TensorFlow.js binds a buffer for each term, and a device may have eight.
  AddN: (backend, inputs) => {
    const [first, ...others] = Object.values(inputs) as [tf.TensorInfo, ...tf.TensorInfo[]];
    if (!isFloat(first, ...others) || others.length === 0) return null;
    const size = sizeOf(first.shape);
    let sum = first;
    for (const term of others) {
      const next = backend.output(first.shape);
      backend.dispatch(
        backend.program(`addition ${size}`, () => arrays.addition(size)),
        [backend.part(sum), backend.part(term), backend.part(next)],
        elementGroups(size),
      );
      if (sum !== first) backend.disposeData(sum.dataId);
      sum = next;
    }
    return sum;
  },
};
