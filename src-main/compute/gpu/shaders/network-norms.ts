import type { Shader } from '../program.js';
import type { ImageShape } from './arrays.js';
import { read, shader, write, type Buffer } from './buffers.js';
import { chunksOf, elementwise, EPSILON, treeSum, walk, workgroup, type NormShape } from './normalisation.js';
import { NORM_ROWS, normalised } from './network-values.js';
import { repeat } from './tiles.js';

/**
 * The numbers of batch norms from the moments of their chunks (`moments`). A job: its number among the moments, its first channel
 * among those of all norms, where its scale and its shift begin among the weights.
 * Buffers: moments, weights, numbers [norm][`NORM_ROWS`][channels], means and variances of all channels.
 */
export function networkStatistics(norm: NormShape): Shader {
  const { channels, rows } = norm;
  const { size, count } = chunksOf(norm);
  return shader(
    [read('moments'), read('weights'), write('numbers'), write('means'), write('variances')],
    `@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let job = arguments[id.z];
  let channel = id.x;
  if (channel >= ${channels}u) { return; }
  let start = job.x * ${count * 2 * channels}u + channel;
  var mean = 0.0;
  for (var chunk = 0u; chunk < ${count}u; chunk++) {
    let share = f32(min(${size}u, ${rows}u - chunk * ${size}u)) / ${rows}.0;
    mean += moments[start + chunk * ${2 * channels}u] * share;
  }
  var squares = 0.0;
  for (var chunk = 0u; chunk < ${count}u; chunk++) {
    let weight = f32(min(${size}u, ${rows}u - chunk * ${size}u));
    let d = moments[start + chunk * ${2 * channels}u] - mean;
    squares += moments[start + chunk * ${2 * channels}u + ${channels}u] + weight * d * d;
  }
  let variance = squares / ${rows}.0;
  let deviation = 1.0 / sqrt(variance + ${EPSILON});
  means[job.y + channel] = mean;
  variances[job.y + channel] = variance;
  let at = job.y * ${NORM_ROWS}u + channel;
  numbers[at] = mean;
  numbers[at + ${channels}u] = deviation;
  numbers[at + ${2 * channels}u] = weights[job.z + channel] * deviation;
  numbers[at + ${3 * channels}u] = weights[job.w + channel];
}`,
  );
}

/** Where the gradient by the result of a norm is: in one of several arrays, or behind ReLU and mean of the head. */
export type NormGradientSource =
  { readonly kind: 'arrays'; readonly count: number } | { readonly kind: 'head'; readonly shape: ImageShape };

const gradientBuffers = (source: NormGradientSource): Buffer[] =>
  source.kind === 'head' ? [read('pooledGradient')] : Array.from({ length: source.count }, (_, i) => read(`g${i}`));

/** A function that gives the gradient at number `i`, of which the norm reads `raw`. */
function gradientOf(source: NormGradientSource, channels: number): string {
  if (source.kind === 'head') {
    const { height, width } = source.shape;
    return `fn gradientOf(job: vec4<u32>, i: u32, raw: f32) -> f32 {
  let channel = i % ${channels}u;
  let g = pooledGradient[(i / ${height * width * channels}u) * ${channels}u + channel];
  return select(0.0, g, ${normalised('statistics', 'raw', 'job.y', channels)} > 0.0);
}`;
  }
  return `fn gradientOf(job: vec4<u32>, i: u32, raw: f32) -> f32 {
  switch (job.z) {
${repeat(source.count - 1, (i) => `    case ${i}u: { return g${i}[i]; }`)}
    default: { return g${source.count - 1}[i]; }
  }
}`;
}

/**
 * Σ g and Σ g·ẑ of each channel of a chunk, of several norms. A job: where z begins, where its numbers begin, the array of its
 * gradient, its number.
 * Buffers: numbers, z, the gradients, sums [job][chunk][2][channels].
 */
export function networkNormSums(norm: NormShape, source: NormGradientSource): Shader {
  const { channels } = norm;
  return shader(
    [read('numbers'), read('z'), ...gradientBuffers(source), write('sums')],
    `${gradientOf(source, channels)}
${treeSum(norm)}
${workgroup}
  let job = arguments[group.z];
${walk(norm)}
  var plain = 0.0;
  var product = 0.0;
  if (there) {
    let mean = numbers[job.y + channel];
    for (var row = begin + lane; row < end; row += step) {
      let i = row * ${channels}u + channel;
      let raw = z[job.x + i];
      let g = gradientOf(job, i, raw);
      plain += g;
      product += g * (raw - mean);
    }
    product *= numbers[job.y + ${channels}u + channel];
  }
  let first = total(plain, thread);
  let second = total(product, thread);
  if (there && lane == 0u) {
    let at = ((job.w * ${chunksOf(norm).count}u + group.x) * 2u) * ${channels}u + channel;
    sums[at] = first;
    sums[at + ${channels}u] = second;
  }
}`,
  );
}

/**
 * Adds the chunks up: Σ g is the gradient of the shift, Σ g·ẑ that of the scale. A job: its number, where the gradients of scale and
 * shift begin. Buffers: sums, totals [job][2][channels], gradients of the weights.
 */
export function networkNormTotals(norm: NormShape): Shader {
  const { channels } = norm;
  const { count } = chunksOf(norm);
  return shader(
    [read('sums'), write('totals'), write('gradients')],
    `@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let job = arguments[id.z];
  let channel = id.x;
  if (channel >= ${channels}u) { return; }
  let start = job.x * ${count * 2 * channels}u + channel;
  var first = 0.0;
  var second = 0.0;
  for (var chunk = 0u; chunk < ${count}u; chunk++) {
    first += sums[start + chunk * ${2 * channels}u];
    second += sums[start + chunk * ${2 * channels}u + ${channels}u];
  }
  let at = job.x * ${2 * channels}u + channel;
  totals[at] = first;
  totals[at + ${channels}u] = second;
  gradients[job.y + channel] = second;
  gradients[job.z + channel] = first;
}`,
  );
}

/**
 * The gradient by what norms read: scale · deviation · (g − mean of g − ẑ · mean of g·ẑ), jobs as those of `networkNormSums`.
 * Buffers: numbers, the gradients, totals, z, which is overwritten; of the head z, then its gradient.
 */
export function networkNormGradient(norm: NormShape, source: NormGradientSource): Shader {
  const { channels, rows } = norm;
  const inPlace = source.kind === 'arrays';
  return shader(
    [
      read('numbers'),
      ...gradientBuffers(source),
      read('totals'),
      ...(inPlace ? [write('z')] : [read('z'), write('dz')]),
    ],
    `${gradientOf(source, channels)}
${elementwise(rows * channels)}
  let job = arguments[group.z];
  let channel = i % ${channels}u;
  let raw = z[job.x + i];
  let normalised = (raw - numbers[job.y + channel]) * numbers[job.y + ${channels}u + channel];
  let at = job.w * ${2 * channels}u + channel;
  let share = totals[at] / ${rows}.0 + normalised * (totals[at + ${channels}u] / ${rows}.0);
  let g = gradientOf(job, i, raw);
  ${inPlace ? 'z[job.x + i]' : 'dz[i]'} = numbers[job.y + ${2 * channels}u + channel] * (g - share);
}`,
  );
}

/** Adds partial sums up. A job: how many numbers, where the sum begins, where the partial sums begin, how many there are. Buffers: partial sums, gradients. */
export const networkFilterSums = (): Shader =>
  shader(
    [read('partial'), write('gradients')],
    `@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let job = arguments[id.z];
  if (id.x >= job.x) { return; }
  var sum = 0.0;
  for (var part = 0u; part < job.w; part++) { sum += partial[job.z + part * job.x + id.x]; }
  gradients[job.y + id.x] = sum;
}`,
  );
