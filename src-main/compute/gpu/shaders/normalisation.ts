import { declare, type Shader } from '../program.js';
import { repeat } from './tiles.js';

/** Pixels and channels of what is normalised. */
export interface NormShape {
  readonly rows: number;
  readonly channels: number;
}

const THREADS = 256;
const MOST_CHUNKS = 48;
export const EPSILON = '1e-5';

/** Rows that a workgroup sums up (the last may have fewer), and how many workgroups that makes. */
export interface Chunks {
  readonly size: number;
  readonly count: number;
}

export function chunksOf({ rows }: NormShape): Chunks {
  const size = Math.max(64, Math.ceil(rows / MOST_CHUNKS));
  return { size, count: Math.ceil(rows / size) };
}

/** Threads side by side along the channels, and along the rows. */
function lanes({ channels }: NormShape): { readonly channels: number; readonly rows: number } {
  const side = Math.min(64, 2 ** Math.ceil(Math.log2(channels)));
  return { channels: side, rows: THREADS / side };
}

export const channelBlocks = (shape: NormShape): number => Math.ceil(shape.channels / lanes(shape).channels);

/** The start of a shader whose threads walk down the rows of a chunk, a channel each. */
export function walk(shape: NormShape): string {
  const { channels: across, rows: down } = lanes(shape);
  return `  let lane = thread / ${across}u;
  let channel = group.y * ${across}u + thread % ${across}u;
  let there = channel < ${shape.channels}u;
  let begin = group.x * ${chunksOf(shape).size}u;
  let end = min(begin + ${chunksOf(shape).size}u, ${shape.rows}u);
  let step = ${down}u;`;
}

/** `total(v, thread)`: the sum over all threads of a channel, in a tree of fixed shape. */
export function treeSum(shape: NormShape): string {
  const { channels: across, rows: down } = lanes(shape);
  const levels: number[] = [];
  for (let half = down / 2; half >= 1; half /= 2) levels.push(half);
  return `var<workgroup> tree: array<f32, ${THREADS}>;
fn total(v: f32, thread: u32) -> f32 {
  workgroupBarrier();
  tree[thread] = v;
${repeat(
  levels.length,
  (i) => `  workgroupBarrier();
  if (thread < ${levels[i]! * across}u) { tree[thread] += tree[thread + ${levels[i]! * across}u]; }`,
)}
  workgroupBarrier();
  return tree[thread % ${across}u];
}`;
}

export const workgroup = `@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {`;

/**
 * Mean and summed squares about it of each channel of a chunk of rows. A job is where z begins and its number.
 * Buffers: z, the moments [job][chunk][2][channels].
 */
export function moments(shape: NormShape): Shader {
  const { channels } = shape;
  const { count } = chunksOf(shape);
  return {
    storage: ['read', 'write'],
    code: `${declare([
      { name: 'z', type: 'f32', access: 'read' },
      { name: 'moments', type: 'f32', access: 'write' },
    ])}
${treeSum(shape)}
${workgroup}
  let job = arguments[group.z];
${walk(shape)}
  var sum = 0.0;
  if (there) { for (var row = begin + lane; row < end; row += step) { sum += z[job.x + row * ${channels}u + channel]; } }
  let mean = total(sum, thread) / f32(end - begin);
  var squares = 0.0;
  if (there) {
    for (var row = begin + lane; row < end; row += step) {
      let d = z[job.x + row * ${channels}u + channel] - mean;
      squares += d * d;
    }
  }
  let square = total(squares, thread);
  if (there && lane == 0u) {
    let at = ((job.y * ${count}u + group.x) * 2u) * ${channels}u + channel;
    moments[at] = mean;
    moments[at + ${channels}u] = square;
  }
}
`,
  };
}

/**
 * Mean and reciprocal deviation of each channel from the moments of its chunks; `channelBlocks` workgroups, jobs in z.
 * A job is the number of its moments and where its statistics begin; with `folded` also 1 + where the filter of a 1×1 convolution begins,
 * 0 where it is another, and where the product of that filter and the deviations is written, among the statistics.
 * Buffers: moments [job][chunk][2][channels], statistics [2][channels]; with `results` mean and variance; with `bias` the bias
 * that is added to the mean; with `folded` the filters [channels][channels].
 */
export function statistics(
  shape: NormShape,
  { size, count }: Chunks,
  {
    results = false,
    bias = false,
    folded = false,
  }: { readonly results?: boolean; readonly bias?: boolean; readonly folded?: boolean } = {},
): Shader {
  const { channels, rows } = shape;
  const { channels: across, rows: down } = lanes(shape);
  const buffers = [
    { name: 'moments', type: 'f32', access: 'read' as const },
    { name: 'statistics', type: 'f32', access: 'write' as const },
    ...(results
      ? [
          { name: 'meanResult', type: 'f32', access: 'write' as const },
          { name: 'varianceResult', type: 'f32', access: 'write' as const },
        ]
      : []),
    ...(bias ? [{ name: 'bias', type: 'f32', access: 'read' as const }] : []),
    ...(folded ? [{ name: 'filters', type: 'f32', access: 'read' as const }] : []),
  ];
  return {
    storage: buffers.map(({ access }) => access),
    code: `${declare(buffers)}
${treeSum(shape)}
${workgroup}
  let job = arguments[group.z];
  let lane = thread / ${across}u;
  let channel = group.x * ${across}u + thread % ${across}u;
  let there = channel < ${channels}u;
  let start = job.x * ${count * 2 * channels}u + channel;
  var share = 0.0;
  if (there) {
    for (var chunk = lane; chunk < ${count}u; chunk += ${down}u) {
      let rows = f32(min(${size}u, ${rows}u - chunk * ${size}u));
      share += moments[start + chunk * ${2 * channels}u] * (rows / ${rows}.0);
    }
  }
  let mean = total(share, thread);
  share = 0.0;
  if (there) {
    for (var chunk = lane; chunk < ${count}u; chunk += ${down}u) {
      let rows = f32(min(${size}u, ${rows}u - chunk * ${size}u));
      let d = moments[start + chunk * ${2 * channels}u] - mean;
      share += moments[start + chunk * ${2 * channels}u + ${channels}u] + rows * d * d;
    }
  }
  let variance = total(share, thread) / ${rows}.0;
  let deviation = 1.0 / sqrt(variance + ${EPSILON});
${
  folded
    ? `  if (there && job.z > 0u) {
    for (var row = lane; row < ${channels}u; row += ${down}u) {
      let at = row * ${channels}u + channel;
      statistics[job.w + at] = filters[job.z - 1u + at] * deviation;
    }
  }`
    : ''
}
  if (!there || lane > 0u) { return; }
  statistics[job.y + channel] = mean;
  statistics[job.y + ${channels}u + channel] = deviation;
  ${results ? `meanResult[channel] = mean${bias ? ' + bias[channel]' : ''};\n  varianceResult[channel] = variance;` : ''}
}
`,
  };
}

/** y = (z − mean) · deviation [· scale + shift]. Buffers: z, statistics, [scale, shift,] y. */
export function normalise(shape: NormShape, scaled: boolean): Shader {
  const { channels, rows } = shape;
  const buffers = [
    { name: 'z', type: 'f32', access: 'read' as const },
    { name: 'statistics', type: 'f32', access: 'read' as const },
    ...(scaled
      ? [
          { name: 'scale', type: 'f32', access: 'read' as const },
          { name: 'shift', type: 'f32', access: 'read' as const },
        ]
      : []),
    { name: 'y', type: 'f32', access: 'write' as const },
  ];
  return {
    storage: buffers.map(({ access }) => access),
    code: `${declare(buffers)}
${elementwise(rows * channels)}
  let channel = i % ${channels}u;
  let v = (z[i] - statistics[channel]) * statistics[${channels}u + channel];
  y[i] = ${scaled ? 'v * scale[channel] + shift[channel]' : 'v'};
}
`,
  };
}

/** The start of a shader with a thread an element, `i`; the groups are those of `elementGroups`. */
export const elementwise = (count: number): string => `@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) size: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let i = (group.y * size.x + group.x) * 256u + thread;
  if (i >= ${count}u) { return; }`;

/** Workgroups of an elementwise shader: no side may have more than 65,535. */
export function elementGroups(count: number, jobs = 1): [number, number, number] {
  const groups = Math.ceil(count / 256);
  const across = Math.min(groups, 32768);
  return [across, Math.ceil(groups / across), jobs];
}

/** How a shader comes to the reciprocal deviation: from statistics that hold it, or from the variance. */
export type DeviationFrom = 'statistics' | 'variance';
const deviationBuffers = (from: DeviationFrom) =>
  from === 'statistics'
    ? [{ name: 'statistics', type: 'f32', access: 'read' as const }]
    : [
        { name: 'meanOf', type: 'f32', access: 'read' as const },
        { name: 'varianceOf', type: 'f32', access: 'read' as const },
      ];
const deviationOf = (from: DeviationFrom, channels: number): { mean: string; deviation: string } =>
  from === 'statistics'
    ? { mean: 'statistics[channel]', deviation: `statistics[${channels}u + channel]` }
    : { mean: 'meanOf[channel]', deviation: `(1.0 / sqrt(varianceOf[channel] + ${EPSILON}))` };

/** Σ dy and Σ dy·ẑ of each channel of a chunk. Buffers: dy, z, statistics (or mean, variance), sums [chunk][2][channels]. */
export function normSums(shape: NormShape, from: DeviationFrom): Shader {
  const { channels } = shape;
  const { mean, deviation } = deviationOf(from, channels);
  const buffers = [
    { name: 'dy', type: 'f32', access: 'read' as const },
    { name: 'z', type: 'f32', access: 'read' as const },
    ...deviationBuffers(from),
    { name: 'sums', type: 'f32', access: 'write' as const },
  ];
  return {
    storage: buffers.map(({ access }) => access),
    code: `${declare(buffers)}
${treeSum(shape)}
${workgroup}
${walk(shape)}
  var plain = 0.0;
  var product = 0.0;
  if (there) {
    let mean = ${mean};
    for (var row = begin + lane; row < end; row += step) {
      let at = row * ${channels}u + channel;
      plain += dy[at];
      product += dy[at] * (z[at] - mean);
    }
    product *= ${deviation};
  }
  let first = total(plain, thread);
  let second = total(product, thread);
  if (there && lane == 0u) {
    let at = (group.x * 2u) * ${channels}u + channel;
    sums[at] = first;
    sums[at + ${channels}u] = second;
  }
}
`,
  };
}

/** Adds the chunks up: Σ dy is the gradient of the shift, Σ dy·ẑ that of the scale. Buffers: sums, totals [2][channels] [, dScale, dShift]. */
export function normTotals(shape: NormShape, scaled: boolean): Shader {
  const { channels } = shape;
  const { count } = chunksOf(shape);
  const buffers = [
    { name: 'sums', type: 'f32', access: 'read' as const },
    { name: 'totals', type: 'f32', access: 'write' as const },
    ...(scaled
      ? [
          { name: 'dScale', type: 'f32', access: 'write' as const },
          { name: 'dShift', type: 'f32', access: 'write' as const },
        ]
      : []),
  ];
  return {
    storage: buffers.map(({ access }) => access),
    code: `${declare(buffers)}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let channel = id.x;
  if (channel >= ${channels}u) { return; }
  var first = 0.0;
  var second = 0.0;
  for (var chunk = 0u; chunk < ${count}u; chunk++) {
    first += sums[chunk * ${2 * channels}u + channel];
    second += sums[chunk * ${2 * channels}u + ${channels}u + channel];
  }
  totals[channel] = first;
  totals[${channels}u + channel] = second;
  ${scaled ? 'dShift[channel] = first;\n  dScale[channel] = second;' : ''}
}
`,
  };
}

/**
 * dz = [scale ·] deviation · (dy − mean of dy − ẑ · mean of dy·ẑ).
 * Buffers: dy, statistics (or mean, variance), totals, [scale,] z which is overwritten; without `inPlace` z, then dz.
 */
export function normInputGradient(shape: NormShape, from: DeviationFrom, scaled: boolean, inPlace: boolean): Shader {
  const { channels, rows } = shape;
  const { mean, deviation } = deviationOf(from, channels);
  const buffers = [
    { name: 'dy', type: 'f32', access: 'read' as const },
    ...deviationBuffers(from),
    { name: 'totals', type: 'f32', access: 'read' as const },
    ...(scaled ? [{ name: 'scale', type: 'f32', access: 'read' as const }] : []),
    { name: 'z', type: 'f32', access: inPlace ? ('write' as const) : ('read' as const) },
    ...(inPlace ? [] : [{ name: 'dz', type: 'f32', access: 'write' as const }]),
  ];
  return {
    storage: buffers.map(({ access }) => access),
    code: `${declare(buffers)}
${elementwise(rows * channels)}
  let channel = i % ${channels}u;
  let deviation = ${deviation};
  let normalised = (z[i] - ${mean}) * deviation;
  let share = totals[channel] / ${rows}.0 + normalised * (totals[${channels}u + channel] / ${rows}.0);
  ${inPlace ? 'z' : 'dz'}[i] = deviation * (dy[i] - share)${scaled ? ' * scale[channel]' : ''};
}
`,
  };
}
