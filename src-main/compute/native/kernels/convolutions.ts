import { tf } from '../../tensorflow.js';
import { type Attributes, input, type Kernel, optionalFloats } from './common.js';
import type { NativeBackend } from '../backend.js';

/** Twelve numbers that `geometryOf` of `cc/addon.cc` reads. */
function geometry(
  x: readonly number[],
  y: readonly number[],
  filter: readonly number[],
  stride: number,
  padTop: number,
  padLeft: number,
): Int32Array {
  return Int32Array.of(
    x[0]!,
    x[1]!,
    x[2]!,
    x[3]!,
    y[1]!,
    y[2]!,
    y[3]!,
    filter[0]!,
    filter[1]!,
    stride,
    padTop,
    padLeft,
  );
}

// --- TensorFlow.js's own convolution kernels ---

type PadArgument = Parameters<typeof tf.backend_util.computeConv2DInfo>[4];

/** What our kernels can do of TensorFlow.js's convolutions; null: the CPU backend's kernel must. */
function supported(
  xShape: readonly number[],
  filterShape: readonly number[],
  attributes: Attributes,
): { readonly outShape: number[]; readonly geometry: Int32Array } | null {
  const format = attributes['dataFormat'] as 'NHWC' | 'NCHW';
  if (format !== 'NHWC' || xShape.length !== 4) return null;
  const info = tf.backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attributes['strides'] as [number, number],
    (attributes['dilations'] as [number, number] | undefined) ?? 1,
    attributes['pad'] as PadArgument,
    attributes['dimRoundingMode'] as 'floor' | undefined,
  );
  const { padInfo, strideHeight, strideWidth, outShape } = info;
  const plain = info.dilationHeight === 1 && info.dilationWidth === 1 && strideHeight === strideWidth;
  const whole = padInfo.top < filterShape[0]! && padInfo.left < filterShape[1]!;
  if (!plain || !whole || outShape.some((size) => size < 1)) return null;
  return {
    outShape,
    geometry: geometry(xShape, outShape, filterShape, strideHeight, padInfo.top, padInfo.left),
  };
}

/** A kernel that leaves what it does not support to the CPU backend's kernel of the same name. */
export type Override = (
  backend: NativeBackend,
  inputs: tf.NamedTensorInfoMap,
  attributes: Attributes,
) => tf.TensorInfo | tf.TensorInfo[] | null;

const isFloat = (...tensors: tf.TensorInfo[]): boolean => tensors.every((tensor) => tensor.dtype === 'float32');

export const convolutionOverrides: Record<string, Override> = {
  Conv2D: (backend, inputs, attributes) => {
    const x = input(inputs, 'x');
    const filter = input(inputs, 'filter');
    const plan = supported(x.shape, filter.shape, attributes);
    if (!plan || !isFloat(x, filter)) return null;
    const y = backend.output(plan.outShape);
    backend.binding.convolve(plan.geometry, backend.floats(x), false, backend.floats(filter), null, y.values);
    return y.info;
  },
  Conv2DBackpropInput: (backend, inputs, attributes) => {
    const dy = input(inputs, 'dy');
    const filter = input(inputs, 'filter');
    const shape = attributes['inputShape'] as number[];
    const plan = supported(shape, filter.shape, attributes);
    if (!plan || !isFloat(dy, filter)) return null;
    const dx = backend.output(shape);
    backend.binding.convolutionInputGradient(plan.geometry, backend.floats(dy), backend.floats(filter), dx.values);
    return dx.info;
  },
  Conv2DBackpropFilter: (backend, inputs, attributes) => {
    const x = input(inputs, 'x');
    const dy = input(inputs, 'dy');
    const shape = attributes['filterShape'] as number[];
    const plan = supported(x.shape, shape, attributes);
    if (!plan || !isFloat(x, dy)) return null;
    const gradient = backend.output(shape);
    backend.binding.convolutionFilterGradient(plan.geometry, backend.floats(x), backend.floats(dy), gradient.values);
    return gradient.info;
  },
};

// --- our own blocks ---

function blockGeometry(
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  stride: number,
): { shape: number[]; numbers: Int32Array } {
  const [height, width, inputs, outputs] = filter.shape as [number, number, number, number];
  if (height !== width || height % 2 === 0) {
    throw new RangeError(`filter must be square and odd, saw [${filter.shape.join(', ')}]`);
  }
  if (x.shape.length !== 4 || x.shape[3] !== inputs) {
    throw new RangeError(`x must be [N, H, W, ${String(inputs)}], saw [${x.shape.join(', ')}]`);
  }
  const pad = height >> 1;
  const out = (size: number): number => Math.floor((size + 2 * pad - height) / stride) + 1;
  const shape = [x.shape[0]!, out(x.shape[1]!), out(x.shape[2]!), outputs];
  return { shape, numbers: geometry(x.shape, shape, filter.shape, stride, pad, pad) };
}

const blockForward: Kernel = (backend, inputs, attributes) => {
  const x = input(inputs, 'x');
  const filter = input(inputs, 'filter');
  const { shape, numbers } = blockGeometry(x, filter, attributes['stride'] as number);
  const channels = shape[3]!;
  const y = backend.output(shape);
  const mean = backend.output([channels]);
  const variance = backend.output([channels]);
  const convolved = backend.pool.take(tf.util.sizeFromShape(shape));
  const statistics = backend.pool.take(2 * channels);
  backend.binding.blockForward(
    numbers,
    attributes['relu'] as boolean,
    backend.floats(x),
    backend.floats(filter),
    optionalFloats(backend, inputs, 'bias'),
    optionalFloats(backend, inputs, 'scale'),
    optionalFloats(backend, inputs, 'shift'),
    convolved,
    statistics,
    y.values,
    mean.values,
    variance.values,
  );
  backend.keep(y.info, [convolved, statistics]);
  return [y.info, mean.info, variance.info];
};

/** The gradient of the batch norm, which also makes what was kept ready for the two kernels below: dScale, dShift. */
const blockNormGradient: Kernel = (backend, inputs, attributes) => {
  const x = input(inputs, 'x');
  const filter = input(inputs, 'filter');
  const scale = inputs['scale'];
  const [convolved, statistics] = backend.spend(input(inputs, 'y'), 'a convolution block');
  const { shape, numbers } = blockGeometry(x, filter, attributes['stride'] as number);
  const dScale = scale ? backend.output([shape[3]!]) : null;
  const dShift = scale ? backend.output([shape[3]!]) : null;
  backend.binding.blockNormGradient(
    numbers,
    scale ? backend.floats(scale) : null,
    backend.floats(input(inputs, 'dy')),
    convolved!,
    statistics!,
    dScale?.values ?? null,
    dShift?.values ?? null,
  );
  return dScale && dShift ? [dScale.info, dShift.info] : [];
};

const blockInputGradient: Kernel = (backend, inputs, attributes) => {
  const x = input(inputs, 'x');
  const filter = input(inputs, 'filter');
  const dx = backend.output(x.shape);
  backend.binding.blockInputGradient(
    blockGeometry(x, filter, attributes['stride'] as number).numbers,
    attributes['relu'] as boolean,
    backend.floats(x),
    backend.floats(filter),
    backend.keptOf(input(inputs, 'y'))[0]!,
    dx.values,
  );
  return dx.info;
};

const blockFilterGradient: Kernel = (backend, inputs, attributes) => {
  const x = input(inputs, 'x');
  const filter = input(inputs, 'filter');
  const gradient = backend.output(filter.shape);
  backend.binding.blockFilterGradient(
    blockGeometry(x, filter, attributes['stride'] as number).numbers,
    attributes['relu'] as boolean,
    backend.floats(x),
    backend.keptOf(input(inputs, 'y'))[0]!,
    gradient.values,
  );
  return gradient.info;
};

const blockInference: Kernel = (backend, inputs, attributes) => {
  const x = input(inputs, 'x');
  const filter = input(inputs, 'filter');
  const { shape, numbers } = blockGeometry(x, filter, attributes['stride'] as number);
  const y = backend.output(shape);
  backend.binding.convolve(
    numbers,
    backend.floats(x),
    attributes['relu'] as boolean,
    backend.floats(filter),
    optionalFloats(backend, inputs, 'bias'),
    y.values,
  );
  return y.info;
};

export const convolutionKernels: Record<string, Kernel> = {
  MedForgeConvolutionBlock: blockForward,
  MedForgeConvolutionBlockScaled: blockForward,
  MedForgeConvolutionBlockNormGradient: blockNormGradient,
  MedForgeConvolutionBlockInputGradient: blockInputGradient,
  MedForgeConvolutionBlockFilterGradient: blockFilterGradient,
  MedForgeConvolutionBlockInference: blockInference,
};
