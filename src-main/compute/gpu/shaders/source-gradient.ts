import { declare, FIRST_GROUP, type Shader } from '../program.js';
import { INSIDE } from './arrays.js';
import type { CellShape } from './cell.js';
import { directGroups } from './direct.js';
import { directSourceGradient } from './direct-cell.js';
import { entries, numbersType, readCoefficients } from './small-numbers.js';
import { HAS_POOL, HAS_SKIP, readEdges, readSourceFilter, transposedPool } from './source-parts.js';
import {
  all,
  chooseTile,
  depthOf,
  elementOf,
  readDz,
  readFour,
  repeat,
  threadsOf,
  writeFour,
  type Tile,
} from './tiles.js';

/** The least that every device has: bytes of shared memory, threads of a workgroup. */
const SHARED_BYTES = 16384;
const MOST_THREADS = 256;

interface Cut {
  readonly tile: Tile;
  /** Quads of channels that are taken into shared memory at once. */
  readonly quads: number;
}

const rowsOf = ({ images, height, width }: CellShape): number => images * height * width;
const sharedBytes = ({ rows, columns }: Tile, edges: number, quads: number): number =>
  edges * quads * 16 * (rows + columns);

function cutOf(shape: CellShape, edges: number): Cut {
  const most = depthOf(shape.channels) / 4;
  const depths = [most, 2, 1].filter((quads) => quads <= most);
  const fits = (tile: Tile): boolean =>
    threadsOf(tile) * edges <= MOST_THREADS && depths.some((quads) => sharedBytes(tile, edges, quads) <= SHARED_BYTES);
  const tile = chooseTile(rowsOf(shape), shape.channels, edges, fits);
  return { tile, quads: depths.find((quads) => sharedBytes(tile, edges, quads) <= SHARED_BYTES)! };
}

/** @param edges that leave the node */
export function sourceGradientGroups(shape: CellShape, edges: number): [number, number, number] {
  if (shape.direct) return directGroups(rowsOf(shape), shape.channels, 1);
  const { tile } = cutOf(shape, edges);
  return [Math.ceil(rowsOf(shape) / tile.rows), Math.ceil(shape.channels / tile.columns), 1];
}

/** Steps that a convolution of a side takes. */
export const sourceGradientSteps = (shape: CellShape, edges: number, side: number): number =>
  side * side * Math.ceil(shape.channels / (4 * cutOf(shape, edges).quads));

/**
 * The gradient of a node of a cell, from all that leaves it: transposed convolutions of what is made of z and the gradients of the
 * targets as it is read, through the ReLU, and skips and pools. A workgroup has threads for each edge, whose results it adds
 * up at the end in the order of the edges. Also Σ gradient·value of each skip and pool, an entry an edge and workgroup.
 * Arguments: 0: steps of the edge that takes most, the entry of the weights of edge 0, the entry of the sums, the row of the scaled 1×1 filters; then for each
 * edge: how many convolutions, the first one's place among the arguments, flags, number; then the convolutions: side, where its
 * filter begins, slot.
 * Buffers: z, gradients of the targets, filters, numbers (see small-numbers.ts), the node, its gradient.
 */
export function sourceGradient(shape: CellShape, edges: number): Shader {
  if (shape.direct) return directSourceGradient(shape, edges);
  const { height, width, channels } = shape;
  const { tile, quads } = cutOf(shape, edges);
  const rows = rowsOf(shape);
  const threads = threadsOf(tile);
  const columns = tile.columns / 4;
  const rowStep = tile.rows / tile.perThread;
  const loads = Math.ceil((tile.rows * quads) / threads);
  const filterLoads = Math.ceil((tile.columns * quads) / threads);
  const element = elementOf(channels);
  const [across, down] = sourceGradientGroups(shape, edges);
  const each = <T>(make: (edge: number) => T): T[] => Array.from({ length: edges }, (_, edge) => make(edge));
  const buffers = [
    { name: 'dz', type: element, access: 'read' as const },
    ...each((edge) => ({ name: `g${edge}`, type: element, access: 'read' as const })),
    { name: 'filters', type: element, access: 'read' as const },
    { name: 'numbers', type: numbersType(channels), access: 'write' as const },
    { name: 'value', type: element, access: 'read' as const },
    { name: 'gradient', type: element, access: 'write' as const },
  ];
  const leftSize = tile.rows * quads;
  const levels: number[] = [];
  for (let half = threads / 2; half >= 1; half /= 2) levels.push(half);
  const code = `${declare(buffers)}
${INSIDE}
${readDz(channels)}
${readEdges(edges, channels)}
${readSourceFilter(channels)}
${readFour('readValue', 'value', channels)}
${readCoefficients(channels, (row, channel) => `readValue(${row}, ${channel})`)}
${entries(channels)}
${writeFour('writeGradient', 'gradient', channels)}
${transposedPool(shape)}
var<workgroup> left: array<vec4<f32>, ${Math.max(edges * leftSize, edges * threads)}>;
var<workgroup> right: array<vec4<f32>, ${edges * tile.columns * quads}>;

@compute @workgroup_size(${threads * edges})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let tileRow = group.x + ${FIRST_GROUP}.x;
  let tileColumn = group.y + ${FIRST_GROUP}.y;
  let firstRow = tileRow * ${tile.rows}u;
  let firstColumn = tileColumn * ${tile.columns}u;
  let edge = index / ${threads}u;
  let thread = index % ${threads}u;
  let column = thread % ${columns}u;
  let row = thread / ${columns}u;
  let leftStart = edge * ${leftSize}u;
  let rightStart = edge * ${tile.columns * quads}u;
  let own = arguments[1u + edge];
${repeat(
  loads,
  (i) => `  let m${i} = firstRow + (thread + ${i * threads}u) / ${quads}u;
  let y${i} = i32((m${i} / ${width}u) % ${height}u);
  let x${i} = i32(m${i} % ${width}u);
  let there${i} = ${all(`m${i} < ${rows}u`, `thread + ${i * threads}u < ${leftSize}u`)};`,
)}
${repeat(tile.perThread, (r) => `  var sum${r} = vec4<f32>();`)}
  var job = 0u;
  var at = arguments[own.y];
  var side = i32(at.x);
  var channel = 0u;
  var ky = 0;
  var kx = 0;
  // A thread loads the same channels of every pixel: ${threads} is a multiple of ${quads}.
  let quad = (thread % ${quads}u) * 4u;
  var by = coefficientsOf(at.z, quad);
  for (var step = 0u; step < arguments[0].x; step++) {
    let busy = job < own.x;
    workgroupBarrier();
    if (busy) {
      let shift = (side / 2 - ky) * ${width} + side / 2 - kx;
${repeat(
  loads,
  (i) => `      {
        let py = y${i} + side / 2 - ky;
        let px = x${i} + side / 2 - kx;
        var v = vec4<f32>();
        if (${all(`there${i}`, 'py >= 0', 'px >= 0', `py < ${height}`, `px < ${width}`, `channel + quad < ${channels}u`)}) {
          let pixel = u32(i32(m${i}) + shift);
          let g = readG(edge, pixel, channel + quad);
          if (side == 1) { v = differentiatedPointwise(0u, pixel, arguments[0].w + own.w * ${channels}u, channel + quad, g, by); }
          else { v = differentiated(readDz(at.z * ${rows * channels}u, pixel, channel + quad), g, by); }
        }
        ${leftSize % threads ? `if (thread + ${i * threads}u < ${leftSize}u) ` : ''}{ left[leftStart + thread + ${i * threads}u] = v; }
      }`,
)}
${repeat(
  filterLoads,
  (i) => `      if (thread + ${i * threads}u < ${tile.columns * quads}u) {
        let place = thread + ${i * threads}u;
        let c = firstColumn + place / ${quads}u;
        var v = vec4<f32>();
        if (c < ${channels}u) { v = readFilter(at.y, u32(ky * side + kx) * ${channels}u + c, channel + (place % ${quads}u) * 4u); }
        right[rightStart + (place % ${quads}u) * ${tile.columns}u + place / ${quads}u] = v;
      }`,
)}
    }
    workgroupBarrier();
    if (busy) {
      for (var k = 0u; k < ${quads}u; k++) {
        let b0 = right[rightStart + k * ${tile.columns}u + column * 4u];
        let b1 = right[rightStart + k * ${tile.columns}u + column * 4u + 1u];
        let b2 = right[rightStart + k * ${tile.columns}u + column * 4u + 2u];
        let b3 = right[rightStart + k * ${tile.columns}u + column * 4u + 3u];
${repeat(
  tile.perThread,
  (r) => `        { let a = left[leftStart + (row + ${r * rowStep}u) * ${quads}u + k];
          sum${r} += vec4<f32>(dot(a, b0), dot(a, b1), dot(a, b2), dot(a, b3)); }`,
)}
      }
      kx++;
      if (kx == side) { kx = 0; ky++; }
      if (ky == side) {
        ky = 0;
        channel += ${4 * quads}u;
        if (channel >= ${channels}u) {
          channel = 0u;
          job++;
          if (job < own.x) {
            at = arguments[own.y + job];
            side = i32(at.x);
          }
        }
        by = coefficientsOf(at.z, channel + quad);
      }
    }
  }
  let c = firstColumn + column * 4u;
  let weights = readEntry(arguments[0].y + own.w);
  var skips = vec4<f32>();
  var pools = vec4<f32>();
  for (var r = 0u; r < ${tile.perThread}u; r++) {
    var sum: vec4<f32>;
    switch (r) {
${repeat(tile.perThread - 1, (r) => `      case ${r}u: { sum = sum${r}; }`)}
      default: { sum = sum${tile.perThread - 1}; }
    }
    let m = firstRow + row + r * ${rowStep}u;
    let here = m < ${rows}u && c < ${channels}u;
    if (here) {
      let x = readValue(m, c);
      sum = select(vec4<f32>(), sum, x > vec4<f32>());
      if ((own.z & ${HAS_SKIP}u) != 0u) {
        let g = readG(edge, m, c);
        sum = fma(vec4<f32>(weights.x), g, sum);
        skips = fma(g, x, skips);
      }
      if ((own.z & ${HAS_POOL}u) != 0u) {
        let g = pooled(edge, m, c);
        sum = fma(vec4<f32>(weights.y), g, sum);
        pools = fma(g, x, pools);
      }
    }
${
  edges > 1
    ? `    workgroupBarrier();
    left[index] = sum;
    workgroupBarrier();
    sum = ${each((other) => `left[thread + ${other * threads}u]`).join(' + ')};`
    : ''
}
    if (here && edge == 0u) { writeGradient(0u, m, c, sum); }
  }
  workgroupBarrier();
  left[index] = vec4<f32>(dot(skips, vec4<f32>(1.0)), dot(pools, vec4<f32>(1.0)), 0.0, 0.0);
${repeat(
  levels.length,
  (i) => `  workgroupBarrier();
  if (thread < ${levels[i]!}u) { left[index] += left[index + ${levels[i]!}u]; }`,
)}
  if (thread == 0u) { writeEntry(arguments[0].z + edge * ${across * down}u + tileRow * ${down}u + tileColumn, left[index]); }
}
`;
  return { code, storage: buffers.map(({ access }) => access) };
}
