import { declare, type Shader } from '../program.js';
import { INSIDE, pool, type ImageShape } from './arrays.js';
import { COEFFICIENTS } from './small-numbers.js';
import { chunksOf, elementwise, treeSum, walk, workgroup, type NormShape } from './normalisation.js';

/** A cell of the supernet: all its values have the shape of its input. */
export interface CellShape extends ImageShape {
  /** Has it 5×5 and 3×3 branches, and probabilities of kernels? */
  readonly grown: boolean;
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

const nodeOf = `fn node(which: u32, at: u32) -> f32 {
  switch (which) {
    case 0u: { return x[at]; }
    case 1u: { return node1[at]; }
    default: { return node2[at]; }
  }
}`;

/**
 * A node as the sum of its terms. `arguments[0].x` terms follow: kind, source node, slot of the convolution, edge + 256·branch.
 * Buffers: operations, [kernels,] x, nodes 1 and 2, the convolutions [slot][pixels][channels], their statistics
 * [slot][2][channels], the node.
 */
export function combine(shape: CellShape): Shader {
  const { channels } = shape;
  return shader(
    [...probabilities(shape), read('x'), read('node1'), read('node2'), read('z'), read('statistics'), write('y')],
    `${INSIDE}
${weightOf(shape)}
${nodeOf}
${elementwise(sizeOf(shape))}
  let channel = i % ${channels}u;
  var sum = 0.0;
  for (var t = 1u; t <= arguments[0].x; t++) {
    let term = arguments[t];
    let edge = term.w % 256u;
    switch (term.x) {
      case ${SKIP}u: { sum += operations[edge * 5u + 1u] * node(term.y, i); }
      case ${CONVOLUTION}u: {
        let at = term.z * ${2 * channels}u + channel;
        sum += weightOf(edge, term.w / 256u) * (z[term.z * ${sizeOf(shape)}u + i] - statistics[at]) * statistics[at + ${channels}u];
      }
      default: {
${pool(shape, (at) => `node(term.y, ${at})`, false)}
        sum += operations[edge * 5u + 4u] * pooled;
      }
    }
  }
  y[i] = sum;
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
 * branch. Workgroup 0 writes weights of skip and pool of each edge; `arguments[0].x`: their entry.
 * Buffers: operations, [kernels,] sums, statistics, numbers (see small-numbers.ts), products.
 */
export function convolutionTotals(shape: CellShape): Shader {
  const norm = normOf(shape);
  const { channels } = shape;
  const { count } = chunksOf(norm);
  return shader(
    [...probabilities(shape), read('sums'), read('statistics'), write('numbers'), write('products')],
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
    numbers[at + ${2 * channels}u] = -a * deviation * (product / ${norm.rows}.0);
    numbers[at + ${3 * channels}u] = -a * (plain / ${norm.rows}.0);
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
