import { tf } from '../../tensorflow.js';
import type { NativeBackend } from '../backend.js';
import { input } from './common.js';
import type { Override } from './convolutions.js';

/** An array as it lies in memory: where it begins, and the distance of neighbours along each axis, in values. */
interface Layout {
  readonly values: Float32Array;
  readonly offset: number;
  readonly strides: readonly number[];
}

interface Axis {
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

const stridesOf = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => tf.util.sizeFromShape(shape.slice(axis + 1)));

/** Neighbouring axes that are one in both arrays are walked as one, the longest axis innermost. */
function axesOf(shape: readonly number[], source: Layout, target: Layout): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((size, i) => {
    const axis = { size, from: source.strides[i]!, to: target.strides[i]! };
    const outer = axes.at(-1);
    if (size === 1) return;
    if (outer?.from === size * axis.from && outer.to === size * axis.to)
      axes[axes.length - 1] = { ...axis, size: size * outer.size };
    else axes.push(axis);
  });
  return axes.sort((a, b) => a.size - b.size);
}

/** Copies an array of that shape from one layout to another. */
function copyArray(shape: readonly number[], source: Layout, target: Layout): void {
  const axes = axesOf(shape, source, target);
  const inner = axes.pop() ?? { size: 1, from: 1, to: 1 };
  const [x, y] = [source.values, target.values];
  const copy = (depth: number, from: number, to: number): void => {
    const axis = axes[depth];
    if (axis === undefined) {
      for (let i = 0; i < inner.size; i++) y[to + i * inner.to] = x[from + i * inner.from]!;
      return;
    }
    for (let i = 0; i < axis.size; i++) copy(depth + 1, from + i * axis.from, to + i * axis.to);
  };
  if (!shape.includes(0)) copy(0, source.offset, target.offset);
}

/** The part of that size that begins at `begin`. */
function sliceOf(backend: NativeBackend, x: tf.TensorInfo, begin: readonly number[], size: number[]): tf.TensorInfo {
  const y = backend.output(size);
  const strides = stridesOf(x.shape);
  copyArray(
    size,
    { values: backend.floats(x), offset: offsetOf(strides, begin), strides },
    { values: y.values, offset: 0, strides: stridesOf(size) },
  );
  return y.info;
}

const offsetOf = (strides: readonly number[], position: readonly number[]): number =>
  strides.reduce((sum, stride, axis) => sum + stride * position[axis]!, 0);

/** Copies of TensorFlow.js that go through every value by its coordinates on the CPU backend. */
export const copyOverrides: Record<string, Override> = {
  Slice: (backend, inputs, attributes) => {
    const x = input(inputs, 'x');
    if (x.dtype !== 'float32') return null;
    const [begin, size] = tf.slice_util.parseSliceParams(
      x,
      attributes['begin'] as number[],
      attributes['size'] as number[],
    ) as [number[], number[]];
    tf.slice_util.assertParamsValid(x, begin, size);
    return sliceOf(backend, x, begin, size);
  },
  SplitV: (backend, inputs, attributes) => {
    const x = input(inputs, 'x');
    if (x.dtype !== 'float32') return null;
    const axis = tf.util.parseAxisParam(attributes['axis'] as number, x.shape)[0]!;
    const sizes = tf.backend_util.prepareSplitSize(x, attributes['numOrSizeSplits'] as number[], axis);
    let position = 0;
    return sizes.map((size) => {
      const begin = x.shape.map((_, other) => (other === axis ? position : 0));
      const part = x.shape.map((whole, other) => (other === axis ? size : whole));
      position += size;
      return sliceOf(backend, x, begin, part);
    });
  },
  PadV2: (backend, inputs, attributes) => {
    const x = input(inputs, 'x');
    const paddings = attributes['paddings'] as [number, number][];
    if (x.dtype !== 'float32' || x.shape.length === 0) return null;
    const y = backend.output(x.shape.map((size, axis) => size + paddings[axis]![0] + paddings[axis]![1]));
    y.values.fill(attributes['constantValue'] as number);
    const strides = stridesOf(y.info.shape);
    copyArray(
      x.shape,
      { values: backend.floats(x), offset: 0, strides: stridesOf(x.shape) },
      {
        values: y.values,
        offset: offsetOf(
          strides,
          paddings.map(([before]) => before),
        ),
        strides,
      },
    );
    return y.info;
  },
  Transpose: (backend, inputs, attributes) => {
    const x = input(inputs, 'x');
    const order = attributes['perm'] as number[];
    if (x.dtype !== 'float32') return null;
    const shape = order.map((axis) => x.shape[axis]!);
    const y = backend.output(shape);
    const strides = stridesOf(x.shape);
    copyArray(
      shape,
      { values: backend.floats(x), offset: 0, strides: order.map((axis) => strides[axis]!) },
      { values: y.values, offset: 0, strides: stridesOf(shape) },
    );
    return y.info;
  },
};
