import { type tf } from '../../tensorflow.js';
import type { GpuBackend, Part } from '../backend.js';
import * as shaders from '../shaders/arrays.js';
import type { ImageShape } from '../shaders/arrays.js';
import { keyOf } from '../shaders/convolution.js';
import {
  channelBlocks,
  chunksOf,
  elementGroups,
  normInputGradient,
  normSums,
  normTotals,
  type NormShape,
} from '../shaders/normalisation.js';
import { bitsOf, input, sizeOf, type Kernel } from './common.js';
import { applyNorm, takeStatistics } from './convolution-block.js';

function imageShape({ shape }: tf.TensorInfo): ImageShape {
  if (shape.length !== 4) throw new RangeError(`images must have rank 4, saw shape [${shape.join(', ')}]`);
  const [images, height, width, channels] = shape as [number, number, number, number];
  return { images, height, width, channels };
}

// --- batch norm with batch statistics ---

const normOf = (x: tf.TensorInfo): NormShape => {
  const { images, height, width, channels } = imageShape(x);
  return { rows: images * height * width, channels };
};

const normForward: Kernel = (backend, inputs) => {
  const x = input(inputs, 'x');
  const norm = normOf(x);
  const { statistics, mean, variance } = takeStatistics(backend, norm, backend.part(x), undefined);
  const y = backend.output(x.shape);
  applyNorm(backend, norm, backend.part(x), statistics, inputs['scale'], inputs['shift'], y);
  backend.release(statistics);
  return [y, mean, variance];
};

/** Outputs: dx and, with a scale, dScale and dShift. */
const normBackward: Kernel = (backend, inputs) => {
  const x = input(inputs, 'x');
  const norm = normOf(x);
  const key = keyOf(norm);
  const scale = inputs['scale'];
  const scaled = scale !== undefined;
  const chunks = chunksOf(norm).count;
  const [dy, z] = [backend.part(input(inputs, 'dy')), backend.part(x)];
  const statistics = [backend.part(input(inputs, 'mean')), backend.part(input(inputs, 'variance'))];
  const sums = backend.acquire(chunks * 2 * norm.channels * 4);
  const totals = backend.acquire(2 * norm.channels * 4);
  const dx = backend.output(x.shape);
  backend.dispatch(
    backend.program(`norm sums of variance ${key}`, () => normSums(norm, 'variance')),
    [dy, z, ...statistics, backend.whole(sums)],
    [chunks, channelBlocks(norm), 1],
  );
  const results = scaled ? [backend.output(scale.shape), backend.output(scale.shape)] : [];
  backend.dispatch(
    backend.program(`norm totals ${key} ${String(scaled)}`, () => normTotals(norm, scaled)),
    [backend.whole(sums), backend.whole(totals), ...results.map((result) => backend.part(result))],
    [Math.ceil(norm.channels / 64)],
  );
  backend.dispatch(
    backend.program(`norm input gradient of variance ${key} ${String(scaled)}`, () =>
      normInputGradient(norm, 'variance', scaled, false),
    ),
    [dy, ...statistics, backend.whole(totals), ...(scaled ? [backend.part(scale)] : []), z, backend.part(dx)],
    elementGroups(norm.rows * norm.channels),
  );
  backend.release(sums);
  backend.release(totals);
  return [dx, ...results];
};

// --- sums and pools ---

/** Tensors that one shader adds up: with weights and result no more buffers than the smallest device has. */
const AT_ONCE = 4;

/** Inputs: the weights, then the tensors. */
const weightedSum: Kernel = (backend, inputs) => {
  const [weights, ...tensors] = Object.values(inputs) as [tf.TensorInfo, ...tf.TensorInfo[]];
  const y = backend.output(tensors[0]!.shape);
  const size = sizeOf(y.shape);
  for (let first = 0; first < tensors.length; first += AT_ONCE) {
    const some = tensors.slice(first, first + AT_ONCE);
    backend.dispatch(
      backend.program(`weighted sum ${size} ${some.length} ${first}`, () =>
        shaders.weightedSum(size, some.length, first),
      ),
      [backend.part(weights), ...some.map((tensor) => backend.part(tensor)), backend.part(y)],
      elementGroups(size),
    );
  }
  return y;
};

/** Inputs: dy, the weights, the tensors. */
const weightedSumGradient: Kernel = (backend, inputs) => {
  const [dy, weights, ...tensors] = Object.values(inputs) as [tf.TensorInfo, tf.TensorInfo, ...tf.TensorInfo[]];
  const size = sizeOf(dy.shape);
  const shares = shaders.dotShares(size);
  const sums = backend.acquire(tensors.length * shares * 4);
  const dx = tensors.map((tensor, i) => {
    backend.dispatch(
      backend.program(`dot ${size}`, () => shaders.dotProduct(size, false)),
      [backend.part(tensor), backend.part(dy), backend.whole(sums)],
      [shares],
      [i * shares],
    );
    const result = backend.output(tensor.shape);
    backend.dispatch(
      backend.program(`weighted ${size} ${i}`, () => shaders.weighted(size, i)),
      [backend.part(weights), backend.part(dy), backend.part(result)],
      elementGroups(size),
    );
    return result;
  });
  const dWeights = backend.output(weights.shape);
  backend.dispatch(
    backend.program(`sum rows ${tensors.length} ${shares}`, () => shaders.sumRows(tensors.length, shares)),
    [backend.whole(sums), backend.part(dWeights)],
    elementGroups(tensors.length),
  );
  backend.release(sums);
  return [dWeights, ...dx];
};

const pool3x3 =
  (backward: boolean): Kernel =>
  (backend, inputs) => {
    const x = input(inputs, 'x');
    const shape = imageShape(x);
    const y = backend.output(x.shape);
    backend.dispatch(
      backend.program(`pool 3x3 ${keyOf(shape)} ${String(backward)}`, () => shaders.averagePool3x3(shape, backward)),
      [backend.part(x), backend.part(y)],
      elementGroups(sizeOf(x.shape)),
    );
    return y;
  };

/** Mean over height and width of the ReLU. */
const globalAveragePool: Kernel = (backend, inputs) => {
  const x = input(inputs, 'x');
  const shape = imageShape(x);
  const y = backend.output([shape.images, shape.channels]);
  backend.dispatch(
    backend.program(`global pool ${keyOf(shape)}`, () => shaders.globalAveragePool(shape)),
    [backend.part(x), backend.part(y)],
    elementGroups(sizeOf(y.shape)),
  );
  return y;
};

const globalAveragePoolGradient: Kernel = (backend, inputs) => {
  const x = input(inputs, 'x');
  const shape = imageShape(x);
  const dx = backend.output(x.shape);
  backend.dispatch(
    backend.program(`global pool gradient ${keyOf(shape)}`, () => shaders.globalAveragePoolGradient(shape)),
    [backend.part(input(inputs, 'dy')), backend.part(x), backend.part(dx)],
    elementGroups(sizeOf(x.shape)),
  );
  return dx;
};

// --- losses and updates ---

/** Outputs: the loss, and its gradient by the logits. */
const loss =
  (sigmoid: boolean): Kernel =>
  (backend, inputs) => {
    const logits = input(inputs, 'logits');
    const [rows, classes] = logits.shape as [number, number];
    const value = backend.output([]);
    const gradient = backend.output(logits.shape);
    backend.dispatch(
      backend.program(`loss ${rows} ${classes} ${String(sigmoid)}`, () => shaders.crossEntropy(rows, classes, sigmoid)),
      [backend.part(logits), backend.part(input(inputs, 'targets')), backend.part(value), backend.part(gradient)],
      [1],
    );
    return [value, gradient];
  };

/** The tensors that are there, side by side in a buffer of their own; zeros where there is none. */
function gather(
  backend: GpuBackend,
  tensors: readonly (tf.TensorInfo | undefined)[],
  offsets: readonly number[],
  bytes: number,
): GPUBuffer {
  const buffer = backend.acquire(bytes);
  backend.clear(buffer, 0, bytes);
  tensors.forEach((tensor, i) => {
    if (!tensor) return;
    const part = backend.part(tensor);
    backend.copy(part.buffer, part.offset, buffer, offsets[i]!, part.size);
  });
  return buffer;
}

/**
 * Gradients side by side, each where its weight lies. Most are there already (`GpuBackend.gradientOf`); where a place is taken by
 * a gradient of another step that somebody keeps, all are gathered elsewhere, in a buffer that the caller releases.
 */
function flatGradients(
  backend: GpuBackend,
  weights: ReturnType<GpuBackend['join']>,
  sizes: readonly number[],
  gradients: readonly (tf.TensorInfo | undefined)[],
): { readonly buffer: GPUBuffer; readonly made: boolean } {
  const flat = backend.flatGradients(weights.buffer);
  const found = gradients.map((gradient) =>
    gradient && !backend.isConstantZero(gradient) ? backend.part(gradient) : null,
  );
  const isThere = (part: Part | null, i: number): boolean =>
    part?.buffer === flat.buffer && part.offset === weights.offsets[i];
  if (found.some((part, i) => !isThere(part, i) && flat.isTaken(weights.offsets[i]!))) {
    return { buffer: gather(backend, gradients, weights.offsets, weights.buffer.size), made: true };
  }
  found.forEach((part, i) => {
    const offset = weights.offsets[i]!;
    if (isThere(part, i)) return;
    if (part) {
      backend.copy(part.buffer, part.offset, flat.buffer, offset, part.size);
      flat.setWritten(offset);
    } else if (!flat.isZero(offset)) {
      backend.clear(flat.buffer, offset, sizes[i]! * 4);
      flat.setZero(offset);
    }
  });
  return { buffer: flat.buffer, made: false };
}

const inPlace = (buffer: GPUBuffer): Part => ({ buffer, offset: 0, size: buffer.size, moved: 2 * buffer.size });

/** Inputs: p0, m0, g0 (or none), p1, … ; parameters and momenta change in place, in one buffer each. */
const sgdUpdate: Kernel = (backend, inputs, attributes) => {
  const indices = Array.from({ length: attributes['count'] as number }, (_, i) => String(i));
  const parameters = indices.map((i) => input(inputs, `p${i}`));
  const weights = backend.join(parameters);
  const momenta = backend.join(indices.map((i) => input(inputs, `m${i}`)));
  const bytes = weights.buffer.size;
  const given = indices.map((i) => inputs[`g${i}`]);
  // A discrete network's gradients lie as its weights do.
  const together = given.every((gradient) => gradient !== undefined) ? backend.sideBySide(given) : null;
  const sizes = parameters.map(({ shape }) => sizeOf(shape));
  const { buffer: gradients, made } = together
    ? { buffer: together.buffer, made: false }
    : flatGradients(backend, weights, sizes, given);
  const size = bytes / 4;
  const shares = shaders.dotShares(size);
  const sums = backend.acquire(shares * 4);
  const factor = backend.acquire(4);
  backend.dispatch(
    backend.program(`squares ${size}`, () => shaders.dotProduct(size, true)),
    [backend.whole(gradients), backend.whole(sums)],
    [shares],
  );
  backend.dispatch(
    backend.program(`clip factor ${shares}`, () => shaders.clipFactor(shares)),
    [backend.whole(sums), backend.whole(factor)],
    [1],
    [bitsOf(attributes['clipNorm'] as number)],
  );
  backend.dispatch(
    backend.program(`sgd ${size}`, () => shaders.sgdStep(size)),
    [backend.whole(factor), backend.whole(gradients), inPlace(weights.buffer), inPlace(momenta.buffer)],
    elementGroups(size),
    ['learningRate', 'momentum', 'weightDecay'].map((name) => bitsOf(attributes[name] as number)),
  );
  for (const buffer of [...(made ? [gradients] : []), sums, factor]) backend.release(buffer);
  return [];
};

/** Inputs: a0, v0, a1, … ; the averages a change in place, in one buffer. */
const movingAverageUpdate: Kernel = (backend, inputs, attributes) => {
  const indices = Array.from({ length: attributes['count'] as number }, (_, i) => String(i));
  const averages = backend.join(indices.map((i) => input(inputs, `a${i}`)));
  const bytes = averages.buffer.size;
  const values = gather(
    backend,
    indices.map((i) => input(inputs, `v${i}`)),
    averages.offsets,
    bytes,
  );
  const decay = attributes['decay'] as number;
  backend.dispatch(
    backend.program(`moving average ${bytes / 4}`, () => shaders.movingAverage(bytes / 4)),
    [backend.whole(values), inPlace(averages.buffer)],
    elementGroups(bytes / 4),
    [bitsOf(decay), bitsOf(1 - decay)],
  );
  backend.release(values);
  return [];
};

const copy: Kernel = (backend, inputs) => {
  const x = input(inputs, 'x');
  const y = backend.output(x.shape);
  const [from, to] = [backend.part(x), backend.part(y)];
  backend.copy(from.buffer, from.offset, to.buffer, to.offset, from.size);
  return y;
};

const zeros: Kernel = (backend, _, attributes) => backend.constantZeros(attributes['shape'] as number[]);

export const arrayKernels: Record<string, Kernel> = {
  MedForgeBatchStatisticsNorm: normForward,
  MedForgeBatchStatisticsNormScaled: normForward,
  MedForgeBatchStatisticsNormGradient: normBackward,
  MedForgeWeightedSum: weightedSum,
  MedForgeWeightedSumGradient: weightedSumGradient,
  MedForgeAveragePool3x3: pool3x3(false),
  MedForgeAveragePool3x3Gradient: pool3x3(true),
  MedForgeGlobalAveragePool: globalAveragePool,
  MedForgeGlobalAveragePoolGradient: globalAveragePoolGradient,
  MedForgeSoftmaxCrossEntropy: loss(false),
  MedForgeSigmoidCrossEntropy: loss(true),
  MedForgeSgdUpdate: sgdUpdate,
  MedForgeMovingAverageUpdate: movingAverageUpdate,
  MedForgeCopy: copy,
  MedForgeZeros: zeros,
};
