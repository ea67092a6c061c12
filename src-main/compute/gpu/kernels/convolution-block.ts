import { type tf } from '../../tensorflow.js';
import type { GpuBackend, Part } from '../backend.js';
import {
  convolution,
  forwardChunks,
  forwardGroups,
  inputGradient,
  inputGradientGroups,
  keyOf,
  operationsOf,
  type ConvolutionShape,
} from '../shaders/convolution.js';
import {
  filterGradient,
  filterGradientGroups,
  filterGradientSum,
  partsOf,
  type FilterGradientShape,
} from '../shaders/filter-gradient.js';
import {
  channelBlocks,
  chunksOf,
  elementGroups,
  moments,
  normalise,
  normInputGradient,
  normSums,
  normTotals,
  statistics,
  type Chunks,
  type NormShape,
} from '../shaders/normalisation.js';
import { input, sizeOf, type Kernel } from './common.js';

interface Geometry {
  readonly side: number;
  readonly outShape: number[];
  readonly shape: ConvolutionShape;
  readonly norm: NormShape;
}

/** @throws RangeError when image and filter do not fit together */
export function blockGeometry(
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  stride: number,
  relu: boolean,
  direct: boolean,
): Geometry {
  const [side, across, from, to] = filter.shape as [number, number, number, number];
  if (side !== across || side % 2 === 0) {
    throw new RangeError(`filter must be square and odd, saw [${filter.shape.join(', ')}]`);
  }
  if (x.shape.length !== 4 || x.shape[3] !== from) {
    throw new RangeError(`x must be [N, H, W, ${String(from)}], saw [${x.shape.join(', ')}]`);
  }
  const [images, height, width] = x.shape as [number, number, number, number];
  const out = (size: number): number => Math.floor((size + 2 * (side >> 1) - side) / stride) + 1;
  const [outHeight, outWidth] = [out(height), out(width)];
  return {
    side,
    outShape: [images, outHeight, outWidth, to],
    shape: { images, height, width, from, outHeight, outWidth, to, stride, filters: 1, relu, direct },
    norm: { rows: images * outHeight * outWidth, channels: to },
  };
}

const geometryOf = ({ direct }: GpuBackend, inputs: tf.NamedTensorInfoMap, attributes: tf.NamedAttrMap): Geometry =>
  blockGeometry(
    input(inputs, 'x'),
    input(inputs, 'filter'),
    attributes['stride'] as number,
    attributes['relu'] as boolean,
    direct,
  );

interface Taken {
  /** Mean and reciprocal deviation, [2][channels]. */
  readonly statistics: GPUBuffer;
  readonly mean: tf.TensorInfo;
  readonly variance: tf.TensorInfo;
}

/** Statistics from the moments of chunks, as a buffer and as tensors. */
function statisticsOf(
  backend: GpuBackend,
  norm: NormShape,
  chunks: Chunks,
  moments: GPUBuffer,
  bias: tf.TensorInfo | undefined,
): Taken {
  const result = backend.acquire(2 * norm.channels * 4);
  const mean = backend.output([norm.channels]);
  const variance = backend.output([norm.channels]);
  const biased = bias !== undefined;
  backend.dispatch(
    backend.program(`statistics ${keyOf(norm)} ${keyOf(chunks)} ${String(biased)}`, () =>
      statistics(norm, chunks, { results: true, bias: biased }),
    ),
    [
      backend.whole(moments),
      backend.whole(result),
      backend.part(mean),
      backend.part(variance),
      ...(bias ? [backend.part(bias)] : []),
    ],
    [channelBlocks(norm)],
  );
  return { statistics: result, mean, variance };
}

/** Statistics of z [rows, channels]. */
export function takeStatistics(backend: GpuBackend, norm: NormShape, z: Part, bias: tf.TensorInfo | undefined): Taken {
  const chunks = chunksOf(norm);
  const partial = backend.acquire(chunks.count * 2 * norm.channels * 4);
  backend.dispatch(
    backend.program(`moments ${keyOf(norm)}`, () => moments(norm)),
    [z, backend.whole(partial)],
    [chunks.count, channelBlocks(norm), 1],
  );
  const taken = statisticsOf(backend, norm, chunks, partial, bias);
  backend.release(partial);
  return taken;
}

export function applyNorm(
  backend: GpuBackend,
  norm: NormShape,
  z: Part,
  statisticsBuffer: GPUBuffer,
  scale: tf.TensorInfo | undefined,
  shift: tf.TensorInfo | undefined,
  y: tf.TensorInfo,
): void {
  const scaled = scale !== undefined && shift !== undefined;
  backend.dispatch(
    backend.program(`normalise ${keyOf(norm)} ${String(scaled)}`, () => normalise(norm, scaled)),
    [
      z,
      backend.whole(statisticsBuffer),
      ...(scaled ? [backend.part(scale), backend.part(shift)] : []),
      backend.part(y),
    ],
    elementGroups(norm.rows * norm.channels),
  );
}

const forward: Kernel = (backend, inputs, attributes) => {
  const { side, outShape, shape, norm } = geometryOf(backend, inputs, attributes);
  const z = backend.acquire(sizeOf(outShape) * 4, outShape[0]);
  const chunks = forwardChunks(shape);
  const partial = backend.acquire(chunks.count * 2 * norm.channels * 4);
  backend.dispatchInShares(
    backend.program(`convolution and moments ${keyOf(shape)}`, () => convolution(shape, 'moments')),
    [backend.part(input(inputs, 'x')), backend.part(input(inputs, 'filter')), backend.whole(z), backend.whole(partial)],
    forwardGroups(shape, 1),
    [side, 0, 0, 0],
    operationsOf(shape, [side]),
  );
  const { statistics: taken, mean, variance } = statisticsOf(backend, norm, chunks, partial, inputs['bias']);
  backend.release(partial);
  const y = backend.output(outShape);
  applyNorm(backend, norm, backend.whole(z), taken, inputs['scale'], inputs['shift'], y);
  backend.keep(y, [z, taken]);
  return [y, mean, variance];
};

/** The gradient of the batch norm, which also turns what was kept into dz: dScale, dShift. */
const normGradient: Kernel = (backend, inputs, attributes) => {
  const { norm } = geometryOf(backend, inputs, attributes);
  const [z, taken] = backend.spend(input(inputs, 'y'), 'a convolution block') as [GPUBuffer, GPUBuffer];
  const scale = inputs['scale'];
  const dy = backend.part(input(inputs, 'dy'));
  const key = keyOf(norm);
  const chunks = chunksOf(norm).count;
  const sums = backend.acquire(chunks * 2 * norm.channels * 4);
  const totals = backend.acquire(2 * norm.channels * 4);
  backend.dispatch(
    backend.program(`norm sums ${key}`, () => normSums(norm, 'statistics')),
    [dy, backend.whole(z), backend.whole(taken), backend.whole(sums)],
    [chunks, channelBlocks(norm), 1],
  );
  const dScale = scale ? backend.gradientOf(scale) : null;
  const dShift = scale ? backend.output([norm.channels]) : null;
  backend.dispatch(
    backend.program(`norm totals ${key} ${String(scale !== undefined)}`, () => normTotals(norm, scale !== undefined)),
    [
      backend.whole(sums),
      backend.whole(totals),
      ...(dScale && dShift ? [backend.part(dScale), backend.part(dShift)] : []),
    ],
    [Math.ceil(norm.channels / 64)],
  );
  backend.dispatch(
    backend.program(`norm input gradient ${key} ${String(scale !== undefined)}`, () =>
      normInputGradient(norm, 'statistics', scale !== undefined, true),
    ),
    [
      dy,
      backend.whole(taken),
      backend.whole(totals),
      ...(scale ? [backend.part(scale)] : []),
      { ...backend.whole(z), moved: 2 * z.size },
    ],
    elementGroups(norm.rows * norm.channels),
  );
  backend.release(sums);
  backend.release(totals);
  return dScale && dShift ? [dScale, dShift] : [];
};

const inputGradientKernel: Kernel = (backend, inputs, attributes) => {
  const x = input(inputs, 'x');
  const { side, shape } = geometryOf(backend, inputs, attributes);
  const dx = backend.output(x.shape);
  const [dz] = backend.keptOf(input(inputs, 'y')) as [GPUBuffer];
  backend.dispatchInShares(
    backend.program(`input gradient ${keyOf(shape)}`, () => inputGradient(shape)),
    [backend.whole(dz), backend.part(input(inputs, 'filter')), backend.part(x), backend.part(dx)],
    inputGradientGroups(shape),
    [1, 0, 0, 0, side, 0, 0, 0],
    operationsOf(shape, [side]),
  );
  return dx;
};

const filterGradientKernel: Kernel = (backend, inputs, attributes) => {
  const filter = input(inputs, 'filter');
  const geometry = geometryOf(backend, inputs, attributes);
  const shape: FilterGradientShape = { ...geometry.shape, cell: false };
  const gradient = backend.gradientOf(filter);
  const [dz] = backend.keptOf(input(inputs, 'y')) as [GPUBuffer];
  const parts = partsOf(shape);
  const size = sizeOf(filter.shape);
  const partial = backend.acquire(parts * size * 4);
  backend.dispatchInShares(
    backend.program(`filter gradient ${keyOf(shape)}`, () => filterGradient(shape)),
    [backend.part(input(inputs, 'x')), backend.whole(dz), backend.whole(partial)],
    filterGradientGroups(shape, geometry.side, 1),
    [geometry.side, 0, 0, 0],
    operationsOf(shape, [geometry.side]),
  );
  backend.dispatch(
    backend.program(`filter gradient sum ${String(parts)} 1`, () => filterGradientSum(parts, 1)),
    [backend.whole(partial), backend.part(gradient)],
    [Math.ceil(size / 256)],
    [size, 0, 0, 0],
  );
  backend.release(partial);
  return gradient;
};

const inference: Kernel = (backend, inputs, attributes) => {
  const { side, outShape, shape } = geometryOf(backend, inputs, attributes);
  const y = backend.output(outShape);
  backend.dispatchInShares(
    backend.program(`convolution with bias ${keyOf(shape)}`, () => convolution(shape, 'bias')),
    [
      backend.part(input(inputs, 'x')),
      backend.part(input(inputs, 'filter')),
      backend.part(input(inputs, 'bias')),
      backend.part(y),
    ],
    forwardGroups(shape, 1),
    [side, 0, 0, 0],
    operationsOf(shape, [side]),
  );
  return y;
};

export const convolutionKernels: Record<string, Kernel> = {
  MedForgeConvolutionBlock: forward,
  MedForgeConvolutionBlockScaled: forward,
  MedForgeConvolutionBlockNormGradient: normGradient,
  MedForgeConvolutionBlockInputGradient: inputGradientKernel,
  MedForgeConvolutionBlockFilterGradient: filterGradientKernel,
  MedForgeConvolutionBlockInference: inference,
};
