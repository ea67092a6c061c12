import { declare, type Shader } from '../program.js';
import { INSIDE, pool, type ImageShape } from './arrays.js';
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
/** The gradient itself, where terms are summed up. */
export const GRADIENT = 3;
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
 * Σ gradient · value of each term of a node and channel, over a chunk of pixels. Terms as in `combine`, from `arguments[0]` on.
 * Buffers: gradient, x, nodes 1 and 2, convolutions, statistics, sums [term][chunk][channels].
 */
export function termSums(shape: CellShape): Shader {
  const norm = normOf(shape);
  const { channels } = shape;
  return shader(
    [read('g'), read('x'), read('node1'), read('node2'), read('z'), read('statistics'), write('sums')],
    `${INSIDE}
${nodeOf}
${treeSum(norm)}
${workgroup}
  let term = arguments[group.z];
${walk(norm)}
  var sum = 0.0;
  if (there) {
    for (var row = begin + lane; row < end; row += step) {
      let i = row * ${channels}u + channel;
      switch (term.x) {
        case ${SKIP}u: { sum += g[i] * node(term.y, i); }
        case ${CONVOLUTION}u: { sum += g[i] * (z[term.z * ${sizeOf(shape)}u + i] - statistics[term.z * ${2 * channels}u + channel]); }
        case ${POOL}u: {
${pool(shape, (at) => `node(term.y, ${at})`, false)}
          sum += g[i] * pooled;
        }
        default: { sum += g[i]; }
      }
    }
    if (term.x == ${CONVOLUTION}u) { sum *= statistics[term.z * ${2 * channels}u + ${channels}u + channel]; }
  }
  let all = total(sum, thread);
  if (there && lane == 0u) { sums[(group.z * ${chunksOf(norm).count}u + group.x) * ${channels}u + channel] = all; }
}`,
  );
}

/**
 * Adds the chunks up, and the channels: a workgroup a term. A term is its kind and its place in the table of products.
 * Buffers: sums, totals [term][channels], products.
 */
export function termTotals(shape: CellShape): Shader {
  const norm = normOf(shape);
  const { channels } = shape;
  return shader(
    [read('sums'), write('totals'), write('products')],
    `var<workgroup> tree: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let term = arguments[group.x];
  var own = 0.0;
  for (var channel = thread; channel < ${channels}u; channel += 64u) {
    var sum = 0.0;
    for (var chunk = 0u; chunk < ${chunksOf(norm).count}u; chunk++) {
      sum += sums[(group.x * ${chunksOf(norm).count}u + chunk) * ${channels}u + channel];
    }
    totals[group.x * ${channels}u + channel] = sum;
    own += sum;
  }
  tree[thread] = own;
  for (var half = 32u; half >= 1u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { tree[thread] += tree[thread + half]; }
  }
  if (thread == 0u && term.x != ${GRADIENT}u) { products[term.y] = tree[0]; }
}`,
  );
}

/**
 * Turns convolutions into gradients by what came before their norms. A job is slot, edge + 256·branch, term among the totals;
 * the gradient itself is term 0.
 * Buffers: operations, [kernels,] gradient, statistics, totals, convolutions.
 */
export function termNorms(shape: CellShape): Shader {
  const { channels } = shape;
  const { rows } = normOf(shape);
  return shader(
    [...probabilities(shape), read('g'), read('statistics'), read('totals'), write('z')],
    `${weightOf(shape)}
${elementwise(sizeOf(shape))}
  let job = arguments[group.z];
  let channel = i % ${channels}u;
  let at = job.x * ${sizeOf(shape)}u + i;
  let deviation = statistics[job.x * ${2 * channels}u + ${channels}u + channel];
  let normalised = (z[at] - statistics[job.x * ${2 * channels}u + channel]) * deviation;
  let share = totals[channel] / ${rows}.0 + normalised * (totals[job.z * ${channels}u + channel] / ${rows}.0);
  z[at] = weightOf(job.y % 256u, job.y / 256u) * deviation * (g[i] - share);
}`,
  );
}

/**
 * The gradient of a node: what convolutions give, through its ReLU, and skips and pools. `arguments[0]`: how many skips and
 * pools, and how many convolutions; a skip or pool is kind, target node, edge.
 * Buffers: operations, gradients of nodes 1, 2 and 3, convolutions [job][pixels][channels], the node, its gradient.
 */
export const nodeGradient = (shape: CellShape): Shader =>
  shader(
    [read('operations'), read('g1'), read('g2'), read('g3'), read('convolved'), read('value'), write('gradient')],
    `${INSIDE}
fn target(which: u32, at: u32) -> f32 {
  switch (which) {
    case 1u: { return g1[at]; }
    case 2u: { return g2[at]; }
    default: { return g3[at]; }
  }
}
${elementwise(sizeOf(shape))}
  var sum = 0.0;
  for (var job = 0u; job < arguments[0].y; job++) { sum += convolved[job * ${sizeOf(shape)}u + i]; }
  sum = select(0.0, sum, value[i] > 0.0);
  for (var t = 1u; t <= arguments[0].x; t++) {
    let term = arguments[t];
    if (term.x == ${SKIP}u) {
      sum += operations[term.z * 5u + 1u] * target(term.y, i);
    } else {
${pool(shape, (at) => `target(term.y, ${at})`, true)}
      sum += operations[term.z * 5u + 4u] * pooled;
    }
  }
  gradient[i] = sum;
}`.replaceAll('target(', 'ofNode('),
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
