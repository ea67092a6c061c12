import { EDGES } from '../../../vocabulary/space.js';
import { declare, type Shader } from '../program.js';
import { INSIDE, type ImageShape } from './arrays.js';
import { chunksOf, elementwise, treeSum, walk, workgroup, type NormShape } from './normalisation.js';
import { COEFFICIENTS } from './small-numbers.js';
import { elementOf, projection, readDz, readFour, writeFour } from './tiles.js';

/** A cell of the supernet: all its values have the shape of its input. */
export interface CellShape extends ImageShape {
  /** Has it 5×5 and 3×3 branches, and probabilities of kernels? */
  readonly grown: boolean;
  /** See direct.ts. */
  readonly direct: boolean;
}

type Buffer = { name: string; type: string; access: 'read' | 'write' };
const read = (name: string): Buffer => ({ name, type: 'f32', access: 'read' });
const write = (name: string): Buffer => ({ name, type: 'f32', access: 'write' });
const shader = (buffers: readonly Buffer[], body: string): Shader => ({
  storage: buffers.map(({ access }) => access),
  code: `${declare(buffers)}\n${body}`,
});

/** Kinds of a term of a node. */
export const SKIP = 0;
export const CONVOLUTION = 1;
export const POOL = 2;
/** A 1×1 convolution, which is computed again: that moves fewer bytes than reading it. */
export const POINTWISE = 3;
/** Columns of the table of products: skip, 1×1, 7×7, 5×5, 3×3, pool. */
export const PRODUCT_COLUMNS = 6;

const sizeOf = ({ images, height, width, channels }: ImageShape): number => images * height * width * channels;
export const normOf = ({ images, height, width, channels }: ImageShape): NormShape => ({
  rows: images * height * width,
  channels,
});

const probabilities = ({ grown }: Pick<CellShape, 'grown'>): Buffer[] => [
  read('operations'),
  ...(grown ? [read('kernels')] : []),
];

/** A function that gives the weight of a convolution in its node. */
const weightOf = ({ grown }: CellShape): string => `fn weightOf(edge: u32, branch: u32) -> f32 {
  if (branch == 0u) { return operations[edge * 5u + 2u]; }
  return operations[edge * 5u + 3u]${grown ? ' * kernels[edge * 3u + branch - 1u]' : ''};
}`;

/** Numbers of what a cell keeps of its norms: `statistics` of so many slots, then the folded 1×1 filters of the edges. */
export const keptNumbers = (slots: number, channels: number): number =>
  (2 * slots + EDGES.length * channels) * channels;

/** Four neighbouring channels a thread. */
export const combineThreads = ({ images, height, width, channels }: CellShape): number =>
  images * height * width * Math.ceil(channels / 4);

/**
 * A node as the sum of its terms. `arguments[0].x` terms follow: kind, source node, slot of the convolution, edge + 256·branch;
 * `arguments[0].y`: the row among the statistics where the folded 1×1 filters begin, [edge][channels][channels].
 * Buffers: operations, [kernels,] x, nodes 1 and 2, the convolutions [slot][pixels][channels], their statistics
 * [slot][2][channels] with the folded filters behind, the node.
 */
export function combine(shape: CellShape): Shader {
  const { channels, height, width } = shape;
  const element = elementOf(channels);
  const quads = Math.ceil(channels / 4);
  return shader(
    [
      ...probabilities(shape),
      ...['x', 'node1', 'node2', 'dz', 'statistics'].map((name) => ({ name, type: element, access: 'read' as const })),
      { name: 'y', type: element, access: 'write' },
    ],
    `${INSIDE}
${weightOf(shape)}
${['x', 'node1', 'node2', 'statistics'].map((name) => readFour(`read_${name}`, name, channels)).join('\n')}
${readDz(channels)}
${writeFour('writeY', 'y', channels)}
fn node(which: u32, row: u32, channel: u32) -> vec4<f32> {
  switch (which) {
    case 0u: { return read_x(row, channel); }
    case 1u: { return read_node1(row, channel); }
    default: { return read_node2(row, channel); }
  }
}
${projection('pointwise', channels, (row, channel) => `node(which, ${row}, ${channel})`, 'read_statistics')}
fn pooled(which: u32, row: u32, channel: u32) -> vec4<f32> {
  let y = i32((row / ${width}u) % ${height}u);
  let x = i32(row % ${width}u);
  var sum = vec4<f32>();
  for (var ny = max(y - 1, 0); ny <= min(y + 1, ${height - 1}); ny++) {
    for (var nx = max(x - 1, 0); nx <= min(x + 1, ${width - 1}); nx++) {
      sum += node(which, u32(i32(row) + (ny - y) * ${width} + nx - x), channel);
    }
  }
  return sum / (inside(y, ${height}) * inside(x, ${width}));
}
${elementwise(combineThreads(shape))}
  let row = i / ${quads}u;
  let channel = (i % ${quads}u) * 4u;
  var sum = vec4<f32>();
  for (var t = 1u; t <= arguments[0].x; t++) {
    let term = arguments[t];
    let edge = term.w % 256u;
    switch (term.x) {
      case ${SKIP}u: { sum += operations[edge * 5u + 1u] * node(term.y, row, channel); }
      case ${POOL}u: { sum += operations[edge * 5u + 4u] * pooled(term.y, row, channel); }
      default: {
        let mean = read_statistics(2u * term.z, channel);
        let deviation = read_statistics(2u * term.z + 1u, channel);
        var v: vec4<f32>;
        if (term.x == ${POINTWISE}u) {
          v = pointwise(term.y, row, arguments[0].y + edge * ${channels}u, channel) - mean * deviation;
        } else {
          v = (readDz(term.z * ${sizeOf(shape)}u, row, channel) - mean) * deviation;
        }
        sum += weightOf(edge, term.w / 256u) * v;
      }
    }
  }
  writeY(0u, row, channel, sum);
}`,
  );
}

/**
 * Σ gradient and Σ gradient·ẑ of each convolution of a node and channel, over a chunk of pixels. A job is the slot.
 * Buffers: gradient, convolutions, statistics, sums [job][chunk][2][channels].
 */
export function convolutionSums(shape: CellShape): Shader {
  const norm = normOf(shape);
  const { channels } = shape;
  return shader(
    [read('g'), read('z'), read('statistics'), write('sums')],
    `${treeSum(norm)}
${workgroup}
  let slot = arguments[group.z].x;
${walk(norm)}
  var plain = 0.0;
  var product = 0.0;
  if (there) {
    let mean = statistics[slot * ${2 * channels}u + channel];
    for (var row = begin + lane; row < end; row += step) {
      let i = row * ${channels}u + channel;
      plain += g[i];
      product += g[i] * (z[slot * ${sizeOf(shape)}u + i] - mean);
    }
    product *= statistics[slot * ${2 * channels}u + ${channels}u + channel];
  }
  let first = total(plain, thread);
  let second = total(product, thread);
  if (there && lane == 0u) {
    let at = (group.z * ${chunksOf(norm).count}u + group.x) * ${2 * channels}u + channel;
    sums[at] = first;
    sums[at + ${channels}u] = second;
  }
}`,
  );
}

/**
 * Adds the chunks of a convolution up, and makes its coefficients and its product of them; a workgroup a job, which is slot, edge,
 * branch. Workgroup 0 writes weights of skip and pool of each edge; `arguments[0].x`: their entry; `.y`: the row of the scaled filters.
 * Buffers: operations, [kernels,] the 1×1 filters, sums, statistics, numbers (see small-numbers.ts), products.
 */
export function convolutionTotals(shape: CellShape): Shader {
  const norm = normOf(shape);
  const { channels } = shape;
  const { count } = chunksOf(norm);
  return shader(
    [...probabilities(shape), read('filters'), read('sums'), read('statistics'), write('numbers'), write('products')],
    `${weightOf(shape)}
var<workgroup> tree: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  if (group.x == 0u) {
    if (thread < 6u) {
      let at = (arguments[0].x + thread) * 4u;
      numbers[at] = operations[thread * 5u + 1u];
      numbers[at + 1u] = operations[thread * 5u + 4u];
    }
    return;
  }
  let job = arguments[group.x];
  let weight = weightOf(job.y, job.z);
  var own = 0.0;
  for (var channel = thread; channel < ${channels}u; channel += 64u) {
    var plain = 0.0;
    var product = 0.0;
    for (var chunk = 0u; chunk < ${count}u; chunk++) {
      let at = ((group.x - 1u) * ${count}u + chunk) * ${2 * channels}u + channel;
      plain += sums[at];
      product += sums[at + ${channels}u];
    }
    let deviation = statistics[job.x * ${2 * channels}u + ${channels}u + channel];
    let a = weight * deviation;
    let at = job.x * ${COEFFICIENTS * channels}u + channel;
    numbers[at] = statistics[job.x * ${2 * channels}u + channel];
    numbers[at + ${channels}u] = a;
    let b = -a * deviation * (product / ${norm.rows}.0);
    numbers[at + ${2 * channels}u] = b;
    numbers[at + ${3 * channels}u] = -a * (plain / ${norm.rows}.0);
    if (job.z == 0u) {
      for (var row = 0u; row < ${channels}u; row++) {
        numbers[(arguments[0].y + job.y * ${channels}u + row) * ${channels}u + channel] =
          b * filters[(job.y * ${channels}u + row) * ${channels}u + channel];
      }
    }
    own += product;
  }
  tree[thread] = own;
  for (var half = 32u; half >= 1u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { tree[thread] += tree[thread + half]; }
  }
  if (thread == 0u) { products[job.y * ${PRODUCT_COLUMNS}u + 1u + job.z] = tree[0]; }
}`,
  );
}

/**
 * Products of skips and pools from the sums of workgroups, a workgroup an edge. A job is the edge, the entry of its sums, how
 * many, and 1 for a skip, 2 for a pool, 3 for both.
 * Buffers: numbers (see small-numbers.ts), products.
 */
export const plainTotals = (): Shader =>
  shader(
    [{ name: 'numbers', type: 'vec4<f32>', access: 'read' }, write('products')],
    `var<workgroup> tree: array<vec2<f32>, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let job = arguments[group.x];
  var sum = vec2<f32>();
  for (var i = thread; i < job.z; i += 64u) { sum += numbers[job.y + i].xy; }
  tree[thread] = sum;
  for (var half = 32u; half >= 1u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { tree[thread] += tree[thread + half]; }
  }
  if (thread == 0u) {
    if ((job.w & 1u) != 0u) { products[job.x * ${PRODUCT_COLUMNS}u] = tree[0].x; }
    if ((job.w & 2u) != 0u) { products[job.x * ${PRODUCT_COLUMNS}u + 5u] = tree[0].y; }
  }
}`,
  );

/** Gradients by the probabilities. Buffers: operations, [kernels,] products, dOperations [6][5] [, dKernels [6][3]]. */
export const probabilityGradients = (grown: boolean): Shader =>
  shader(
    [...probabilities({ grown }), read('products'), write('dOperations'), ...(grown ? [write('dKernels')] : [])],
    `@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32) {
  if (thread < 30u) {
    let at = (thread / 5u) * ${PRODUCT_COLUMNS}u;
    var sum = 0.0;
    switch (thread % 5u) {
      case 1u: { sum = products[at]; }
      case 2u: { sum = products[at + 1u]; }
      case 3u: { ${
        grown
          ? 'for (var k = 0u; k < 3u; k++) { sum += kernels[(thread / 5u) * 3u + k] * products[at + 2u + k]; }'
          : 'sum = products[at + 2u];'
      } }
      case 4u: { sum = products[at + 5u]; }
      default: { }
    }
    dOperations[thread] = sum;
  }
  ${
    grown
      ? `if (thread < 18u) { dKernels[thread] = operations[(thread / 3u) * 5u + 3u] * products[(thread / 3u) * ${PRODUCT_COLUMNS}u + 2u + thread % 3u]; }`
      : ''
  }
}`,
  );
