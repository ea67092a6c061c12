import { tf } from '../../tensorflow.js';
import { input, type Kernel, optionalFloats, shapeOf } from './common.js';
import type { Override } from './convolutions.js';

// --- batch norm with batch statistics ---

const normForward: Kernel = (backend, inputs) => {
  const x = input(inputs, 'x');
  const y = backend.output(x.shape);
  const mean = backend.output([x.shape[3]!]);
  const variance = backend.output([x.shape[3]!]);
  backend.binding.batchNorm(
    shapeOf(x),
    backend.floats(x),
    optionalFloats(backend, inputs, 'scale'),
    optionalFloats(backend, inputs, 'shift'),
    y.values,
    mean.values,
    variance.values,
  );
  return [y.info, mean.info, variance.info];
};

/** Outputs: dx and, with a scale, dScale and dShift. */
const normBackward: Kernel = (backend, inputs) => {
  const x = input(inputs, 'x');
  const scale = inputs['scale'];
  const dx = backend.output(x.shape);
  const dScale = scale ? backend.output(scale.shape) : null;
  const dShift = scale ? backend.output(scale.shape) : null;
  backend.binding.batchNormGradient(
    shapeOf(x),
    backend.floats(x),
    backend.floats(input(inputs, 'mean')),
    backend.floats(input(inputs, 'variance')),
    scale ? backend.floats(scale) : null,
    backend.floats(input(inputs, 'dy')),
    dx.values,
    dScale?.values ?? null,
    dShift?.values ?? null,
  );
  return dScale && dShift ? [dx.info, dScale.info, dShift.info] : [dx.info];
};

// --- sums and pools ---

/** Inputs: the weights, then the tensors. */
const weightedSum: Kernel = (backend, inputs) => {
  const [weights, ...tensors] = Object.values(inputs) as [tf.TensorInfo, ...tf.TensorInfo[]];
  const y = backend.output(tensors[0]!.shape);
  const x = tensors.map((tensor) => backend.floats(tensor));
  backend.binding.weightedSum(x, backend.floats(weights), y.values);
  return y.info;
};

/** Inputs: dy, the weights, the tensors. */
const weightedSumGradient: Kernel = (backend, inputs) => {
  const [dy, weights, ...tensors] = Object.values(inputs) as [tf.TensorInfo, tf.TensorInfo, ...tf.TensorInfo[]];
  const dWeights = backend.output(weights.shape);
  const dx = tensors.map((tensor) => backend.output(tensor.shape));
  backend.binding.weightedSumGradient(
    tensors.map((tensor) => backend.floats(tensor)),
    backend.floats(weights),
    backend.floats(dy),
    dx.map(({ values }) => values),
    dWeights.values,
  );
  return [dWeights.info, ...dx.map(({ info }) => info)];
};

const unary =
  (name: 'averagePool3x3' | 'averagePool3x3Gradient'): Kernel =>
  (backend, inputs) => {
    const x = input(inputs, 'x');
    const y = backend.output(x.shape);
    backend.binding[name](shapeOf(x), backend.floats(x), y.values);
    return y.info;
  };

/** Mean over height and width of the ReLU. */
const globalAveragePool: Kernel = (backend, inputs) => {
  const x = input(inputs, 'x');
  const rectified = backend.pool.take(tf.util.sizeFromShape(x.shape));
  const y = backend.output([x.shape[0]!, x.shape[3]!]);
  backend.binding.relu(backend.floats(x), rectified);
  backend.binding.globalAveragePool(shapeOf(x), rectified, y.values);
  backend.pool.give(rectified);
  return y.info;
};

const globalAveragePoolGradient: Kernel = (backend, inputs) => {
  const x = input(inputs, 'x');
  const spread = backend.pool.take(tf.util.sizeFromShape(x.shape));
  const dx = backend.output(x.shape);
  backend.binding.globalAveragePoolGradient(shapeOf(x), backend.floats(input(inputs, 'dy')), spread);
  backend.binding.reluGradient(backend.floats(x), spread, dx.values);
  backend.pool.give(spread);
  return dx.info;
};

// --- losses and updates ---

/** Outputs: the loss, and its gradient by the logits. */
const loss =
  (name: 'softmaxCrossEntropy' | 'sigmoidCrossEntropy'): Kernel =>
  (backend, inputs) => {
    const logits = input(inputs, 'logits');
    const [rows, classes] = logits.shape as [number, number];
    const value = backend.output([]);
    const gradient = backend.output(logits.shape);
    value.values[0] = backend.binding[name](
      backend.floats(logits),
      backend.floats(input(inputs, 'targets')),
      rows,
      classes,
      gradient.values,
    );
    return [value.info, gradient.info];
  };

/** Inputs: p0, m0, g0 (or none), p1, … ; parameters and momenta change in place. */
const sgdUpdate: Kernel = (backend, inputs, attributes) => {
  const indices = Array.from({ length: attributes['count'] as number }, (_, i) => String(i));
  const gradients = indices.map((i) => optionalFloats(backend, inputs, `g${i}`));
  backend.binding.sgd(
    indices.map((i) => backend.writable(input(inputs, `p${i}`))),
    indices.map((i) => backend.writable(input(inputs, `m${i}`))),
    gradients.map((gradient) => (gradient && backend.isZeros(gradient) ? null : gradient)),
    attributes['learningRate'] as number,
    attributes['momentum'] as number,
    attributes['weightDecay'] as number,
    attributes['clipNorm'] as number,
  );
  return [];
};

/** Inputs: a0, v0, a1, … ; the averages a change in place. */
const movingAverageUpdate: Kernel = (backend, inputs, attributes) => {
  const decay = attributes['decay'] as number;
  for (let i = 0; i < (attributes['count'] as number); i++) {
    const average = backend.writable(input(inputs, `a${String(i)}`));
    const value = backend.floats(input(inputs, `v${String(i)}`));
    backend.binding.movingAverage(average, value, decay);
  }
  return [];
};

const copy: Kernel = (backend, inputs) => {
  const x = input(inputs, 'x');
  const y = backend.output(x.shape);
  y.values.set(backend.floats(x));
  return y.info;
};

export const arrayKernels: Record<string, Kernel> = {
  MedForgeBatchStatisticsNorm: normForward,
  MedForgeBatchStatisticsNormScaled: normForward,
  MedForgeBatchStatisticsNormGradient: normBackward,
  MedForgeWeightedSum: weightedSum,
  MedForgeWeightedSumGradient: weightedSumGradient,
  MedForgeAveragePool3x3: unary('averagePool3x3'),
  MedForgeAveragePool3x3Gradient: unary('averagePool3x3Gradient'),
  MedForgeGlobalAveragePool: globalAveragePool,
  MedForgeGlobalAveragePoolGradient: globalAveragePoolGradient,
  MedForgeSoftmaxCrossEntropy: loss('softmaxCrossEntropy'),
  MedForgeSigmoidCrossEntropy: loss('sigmoidCrossEntropy'),
  MedForgeSgdUpdate: sgdUpdate,
  MedForgeMovingAverageUpdate: movingAverageUpdate,
  MedForgeCopy: copy,
};

// --- kernels of TensorFlow.js where it pays ---

const SCALAR: Record<number, (a: number, b: number) => number> = {
  0: (a, b) => a + b,
  1: (a, b) => a - b,
  2: (a, b) => a * b,
};

/** Same shapes natively; one operand of a single value in a plain loop; other broadcasts are left to the CPU backend. */
const binary =
  (operation: 0 | 1 | 2): Override =>
  (backend, inputs) => {
    const a = input(inputs, 'a');
    const b = input(inputs, 'b');
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return null;
    if (tf.util.arraysEqual(a.shape, b.shape)) {
      const y = backend.output(a.shape);
      backend.binding.binary(operation, backend.floats(a), backend.floats(b), y.values);
      return y.info;
    }
    const [x, y] = [backend.floats(a), backend.floats(b)];
    const compute = SCALAR[operation]!;
    if (y.length === 1 && b.shape.length <= a.shape.length) {
      const result = backend.output(a.shape);
      for (let i = 0, value = y[0]!; i < x.length; i++) result.values[i] = compute(x[i]!, value);
      return result.info;
    }
    if (x.length === 1 && a.shape.length <= b.shape.length) {
      const result = backend.output(b.shape);
      for (let i = 0, value = x[0]!; i < y.length; i++) result.values[i] = compute(value, y[i]!);
      return result.info;
    }
    return null;
  };

type Pair = number | [number, number];
const isPair = (value: Pair, wanted: number): boolean =>
  Array.isArray(value) ? value[0] === wanted && value[1] === wanted : value === wanted;

/** 2×2 average, stride 2, of images with even sides. */
function halves(shape: readonly number[], attributes: tf.NamedAttrMap): boolean {
  return (
    shape.length === 4 &&
    shape[1]! % 2 === 0 &&
    shape[2]! % 2 === 0 &&
    isPair(attributes['filterSize'] as Pair, 2) &&
    isPair(attributes['strides'] as Pair, 2) &&
    (attributes['pad'] === 'valid' || attributes['pad'] === 'same' || attributes['pad'] === 0)
  );
}

export const arrayOverrides: Record<string, Override> = {
  Add: binary(0),
  Sub: binary(1),
  Multiply: binary(2),
  Relu: (backend, inputs) => {
    const x = input(inputs, 'x');
    if (x.dtype !== 'float32') return null;
    const y = backend.output(x.shape);
    backend.binding.relu(backend.floats(x), y.values);
    return y.info;
  },
  AddN: (backend, inputs) => {
    const tensors = Object.values(inputs) as tf.TensorInfo[];
    if (tensors.some((tensor) => tensor.dtype !== 'float32')) return null;
    const ones = backend.pool.take(tensors.length).fill(1);
    const y = backend.output(tensors[0]!.shape);
    const x = tensors.map((tensor) => backend.floats(tensor));
    backend.binding.weightedSum(x, ones, y.values);
    backend.pool.give(ones);
    return y.info;
  },
  Sum: (backend, inputs, attributes) => {
    const x = input(inputs, 'x');
    const axes = tf.util.parseAxisParam(attributes['axis'] as number | number[], x.shape);
    if (x.dtype !== 'float32' || axes.length !== x.shape.length || attributes['keepDims']) return null;
    const y = backend.output([]);
    y.values[0] = backend.binding.sum(backend.floats(x));
    return y.info;
  },
  AvgPool: (backend, inputs, attributes) => {
    const x = input(inputs, 'x');
    if (x.dtype !== 'float32' || !halves(x.shape, attributes)) return null;
    const [images, height, width, channels] = x.shape as [number, number, number, number];
    const y = backend.output([images, height / 2, width / 2, channels]);
    backend.binding.averagePool2x2(shapeOf(x), backend.floats(x), y.values);
    return y.info;
  },
  AvgPoolGrad: (backend, inputs, attributes) => {
    const dy = input(inputs, 'dy');
    const x = input(inputs, 'input');
    if (dy.dtype !== 'float32' || !halves(x.shape, attributes)) return null;
    const dx = backend.output(x.shape);
    backend.binding.averagePool2x2Gradient(shapeOf(x), backend.floats(dy), dx.values);
    return dx.info;
  },
  BatchMatMul: (backend, inputs, attributes) => {
    const a = input(inputs, 'a');
    const b = input(inputs, 'b');
    const transposeA = attributes['transposeA'] as boolean;
    const transposeB = attributes['transposeB'] as boolean;
    const flat = (tensor: tf.TensorInfo): boolean =>
      tensor.dtype === 'float32' && tensor.shape.slice(0, -2).every((size) => size === 1);
    if (!flat(a) || !flat(b) || a.shape.length !== b.shape.length) return null;
    const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
    const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
    const m = transposeA ? columnsA : rowsA;
    const k = transposeA ? rowsA : columnsA;
    const n = transposeB ? rowsB : columnsB;
    if (k !== (transposeB ? columnsB : rowsB)) return null;
    const y = backend.output([...a.shape.slice(0, -2), m, n]);
    backend.binding.matrixProduct(backend.floats(a), backend.floats(b), y.values, m, k, n, transposeA, transposeB);
    return y.info;
  },
};
