import { declare, FIRST_GROUP, type Shader } from '../program.js';
import { directConvolution, directGroups, directInputGradient, DIRECT_ROWS } from './direct.js';
import type { ConvolutionShape } from './shapes.js';
import type { Chunks } from './normalisation.js';
import {
  all,
  chooseTile,
  depthOf,
  elementOf,
  readDz,
  readFilters,
  readFour,
  repeat,
  threadsOf,
  writeFour,
  type Tile,
} from './tiles.js';

export type { ConvolutionShape };

export const keyOf = (shape: object): string => Object.values(shape).join(' ');

/** Whether one number of a convolution's loops is a power of two does not matter: constants become multiplications. */
const filterBuffers = (shape: ConvolutionShape): { name: string; type: string; access: 'read' }[] =>
  Array.from({ length: shape.filters }, (_, i) => ({ name: `filter${i}`, type: elementOf(shape.to), access: 'read' }));

export const forwardTile = (shape: ConvolutionShape): Tile =>
  chooseTile(shape.images * shape.outHeight * shape.outWidth, shape.to, shape.filters === 1 ? 1 : 6);

/** Workgroups of `convolution` for so many jobs. */
export function forwardGroups(shape: ConvolutionShape, jobs: number): [number, number, number] {
  const tile = forwardTile(shape);
  const rows = shape.images * shape.outHeight * shape.outWidth;
  if (shape.direct) return directGroups(rows, shape.to, jobs);
  return [Math.ceil(rows / tile.rows), Math.ceil(shape.to / tile.columns), jobs];
}

/** What a convolution that also sums up gives of each channel, and how many workgroups that makes: see `momentsOfTile`. */
export const forwardChunks = (shape: ConvolutionShape): Chunks => {
  const rows = shape.direct ? DIRECT_ROWS : forwardTile(shape).rows;
  return { size: rows, count: Math.ceil((shape.images * shape.outHeight * shape.outWidth) / rows) };
};

/**
 * z = convolution of x as a matrix product whose left side is gathered from the image. A job is four numbers: side of
 * the filter, its buffer, where it begins there, where z begins.
 * Buffers: x, the filters, z; with `also` 'bias' the bias before z; with 'moments' behind it mean and summed squares about it
 * of each channel of z, [job by where its z begins][`forwardChunks`][2][channels].
 */
export function convolution(shape: ConvolutionShape, also?: 'bias' | 'moments'): Shader {
  if (shape.direct) return directConvolution(shape, also);
  const bias = also === 'bias';
  const sums = also === 'moments';
  const tile = forwardTile(shape);
  const { images, height, width, from, outHeight, outWidth, to, stride } = shape;
  const threads = threadsOf(tile);
  const depth = depthOf(from);
  const quads = depth / 4;
  const columns = tile.columns / 4;
  const rowStep = tile.rows / tile.perThread;
  const loads = Math.ceil((tile.rows * quads) / threads);
  const filterLoads = Math.ceil((depth * columns) / threads);
  const rows = images * outHeight * outWidth;
  const buffers = [
    { name: 'x', type: elementOf(from), access: 'read' as const },
    ...filterBuffers(shape),
    ...(bias ? [{ name: 'bias', type: 'f32', access: 'read' as const }] : []),
    { name: 'z', type: elementOf(to), access: 'write' as const },
    ...(sums ? [{ name: 'moments', type: elementOf(to), access: 'write' as const }] : []),
  ];
  const code = `${declare(buffers)}
${readFour('readX', 'x', from)}
${readFilters('readFilter', shape.filters, to)}
${writeFour('writeZ', 'z', to)}
var<workgroup> left: array<vec4<f32>, ${Math.max(tile.rows * quads, sums ? threads : 0)}>;
var<workgroup> right: array<vec4<f32>, ${depth * columns}>;
${sums ? sumOfTile(tile) + writeFour('writeMoments', 'moments', to) : ''}

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let job = arguments[group.z];
  let side = i32(job.x);
  let pad = side / 2;
  let firstRow = (group.x + ${FIRST_GROUP}.x) * ${tile.rows}u;
  let firstColumn = (group.y + ${FIRST_GROUP}.y) * ${tile.columns}u;
  let column = thread % ${columns}u;
  let row = thread / ${columns}u;
  ${repeat(
    loads,
    (i) => `  let m${i} = firstRow + (thread + ${i * threads}u) / ${quads}u;
  let image${i} = m${i} / ${outHeight * outWidth}u;
  let place${i} = m${i} % ${outHeight * outWidth}u;
  let y${i} = i32(place${i} / ${outWidth}u) * ${stride} - pad;
  let x${i} = i32(place${i} % ${outWidth}u) * ${stride} - pad;
  let there${i} = ${all(`m${i} < ${rows}u`, `thread + ${i * threads}u < ${tile.rows * quads}u`)};`,
  )}
${repeat(tile.perThread, (r) => `  var sum${r} = vec4<f32>();`)}
  for (var ky = 0; ky < side; ky++) {
    for (var kx = 0; kx < side; kx++) {
      for (var channel = 0u; channel < ${from}u; channel += ${depth}u) {
        workgroupBarrier();
${repeat(
  loads,
  (i) => `        {
          let iy = y${i} + ky;
          let ix = x${i} + kx;
          var v = vec4<f32>();
          if (${all(`there${i}`, 'iy >= 0', `iy < ${height}`, 'ix >= 0', `ix < ${width}`)}) {
            v = readX(image${i} * ${height * width}u + u32(iy * ${width} + ix), channel + ((thread + ${i * threads}u) % ${quads}u) * 4u);
          }
          ${(tile.rows * quads) % threads ? `if (thread + ${i * threads}u < ${tile.rows * quads}u) ` : ''}{ left[thread + ${i * threads}u] = ${shape.relu ? 'max(v, vec4<f32>())' : 'v'}; }
        }`,
)}
${repeat(
  filterLoads,
  (i) => `        if (thread + ${i * threads}u < ${depth * columns}u) {
          let at = thread + ${i * threads}u;
          let c = channel + at / ${columns}u;
          var v = vec4<f32>();
          if (c < ${from}u) { v = readFilter(job.y, job.z, u32(ky * side + kx) * ${from}u + c, firstColumn + (at % ${columns}u) * 4u); }
          right[at] = v;
        }`,
)}
        workgroupBarrier();
        for (var k = 0u; k < ${quads}u; k++) {
          let b0 = right[(k * 4u) * ${columns}u + column];
          let b1 = right[(k * 4u + 1u) * ${columns}u + column];
          let b2 = right[(k * 4u + 2u) * ${columns}u + column];
          let b3 = right[(k * 4u + 3u) * ${columns}u + column];
${repeat(
  tile.perThread,
  (r) => `          { let a = left[(row + ${r * rowStep}u) * ${quads}u + k];
            sum${r} = fma(vec4<f32>(a.w), b3, fma(vec4<f32>(a.z), b2, fma(vec4<f32>(a.y), b1, fma(vec4<f32>(a.x), b0, sum${r})))); }`,
)}
        }
      }
    }
  }
  let c = firstColumn + column * 4u;
${bias ? `  var added = vec4<f32>();\n${repeat(4, (i) => `  if (c + ${i}u < ${to}u) { added[${i}] = bias[c + ${i}u]; }`)}` : ''}
${repeat(
  tile.perThread,
  (r) =>
    `  if (firstRow + row + ${r * rowStep}u < ${rows}u) { writeZ(job.w, firstRow + row + ${r * rowStep}u, c, sum${r}${bias ? ' + added' : ''}); }`,
)}
${sums ? momentsOfTile(shape) : ''}
}
`;
  return { code, storage: buffers.map(({ access }) => access) };
}

/** `tileSum(v, thread)`: the sum over all rows of a tile for each of its columns, in a tree of fixed shape, through `left`. */
function sumOfTile(tile: Tile): string {
  const columns = tile.columns / 4;
  const levels: number[] = [];
  for (let half = tile.rows / tile.perThread / 2; half >= 1; half /= 2) levels.push(half * columns);
  return `fn tileSum(v: vec4<f32>, thread: u32) -> vec4<f32> {
  workgroupBarrier();
  left[thread] = v;
${repeat(
  levels.length,
  (i) => `  workgroupBarrier();
  if (thread < ${levels[i]!}u) { left[thread] += left[thread + ${levels[i]!}u]; }`,
)}
  workgroupBarrier();
  return left[thread % ${columns}u];
}
`;
}

/** The end of a convolution: moments of what its workgroup made. Sums of rows that there are not are zero. */
function momentsOfTile(shape: ConvolutionShape): string {
  const tile = forwardTile(shape);
  const { count } = forwardChunks(shape);
  const rows = shape.images * shape.outHeight * shape.outWidth;
  const rowStep = tile.rows / tile.perThread;
  const sum = Array.from({ length: tile.perThread }, (_, r) => `sum${r}`).join(' + ');
  return `  let mean = tileSum(${sum}, thread) / f32(min(${tile.rows}u, ${rows}u - firstRow));
  var squares = vec4<f32>();
${repeat(
  tile.perThread,
  (r) => `  if (firstRow + row + ${r * rowStep}u < ${rows}u) { let d = sum${r} - mean; squares = fma(d, d, squares); }`,
)}
  let square = tileSum(squares, thread);
  if (row == 0u) {
    let at = ((job.w / ${rows * shape.to}u) * ${count}u + firstRow / ${tile.rows}u) * 2u;
    writeMoments(0u, at, c, mean);
    writeMoments(0u, at + 1u, c, square);
  }`;
}

/** Multiplications and additions of the convolutions of jobs, forward or by input or filter. @param sides of their filters */
export const operationsOf = (
  { images, outHeight, outWidth, from, to }: ConvolutionShape,
  sides: readonly number[],
): number => 2 * images * outHeight * outWidth * from * to * sides.reduce((sum, side) => sum + side * side, 0);

export const inputTile = (shape: ConvolutionShape): Tile =>
  chooseTile(shape.images * shape.height * shape.width, shape.from, shape.filters === 1 ? 1 : 4);

export function inputGradientGroups(shape: ConvolutionShape): [number, number, number] {
  const tile = inputTile(shape);
  const rows = shape.images * shape.height * shape.width;
  if (shape.direct) return directGroups(rows, shape.from, 1);
  return [Math.ceil(rows / tile.rows), Math.ceil(shape.from / tile.columns), 1];
}

/**
 * dx = the sum over all jobs of the transposed convolutions of their dz, through the ReLU. `arguments[0].x` jobs follow,
 * as those of `convolution`, with dz in the place of z.
 * Buffers: dz, the filters, x (for the ReLU), dx.
 */
export function inputGradient(shape: ConvolutionShape): Shader {
  if (shape.direct) return directInputGradient(shape);
  const tile = inputTile(shape);
  const { images, height, width, from, outHeight, outWidth, to, stride } = shape;
  const threads = threadsOf(tile);
  const depth = depthOf(to);
  const quads = depth / 4;
  const columns = tile.columns / 4;
  const rowStep = tile.rows / tile.perThread;
  const loads = Math.ceil((tile.rows * quads) / threads);
  const filterLoads = Math.ceil((tile.columns * quads) / threads);
  const rows = images * height * width;
  const buffers = [
    { name: 'dz', type: elementOf(to), access: 'read' as const },
    ...filterBuffers(shape),
    { name: 'x', type: elementOf(from), access: 'read' as const },
    { name: 'dx', type: elementOf(from), access: 'write' as const },
  ];
  const onStride = stride === 1 ? [] : [`py % ${stride} == 0`, `px % ${stride} == 0`];
  const code = `${declare(buffers)}
${readFour('readX', 'x', from)}
${readDz(to)}
${readFilters('readFilter', shape.filters, to)}
${writeFour('writeDx', 'dx', from)}
var<workgroup> left: array<vec4<f32>, ${tile.rows * quads}>;
var<workgroup> right: array<vec4<f32>, ${tile.columns * quads}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let firstRow = (group.x + ${FIRST_GROUP}.x) * ${tile.rows}u;
  let firstColumn = (group.y + ${FIRST_GROUP}.y) * ${tile.columns}u;
  let column = thread % ${columns}u;
  let row = thread / ${columns}u;
${repeat(
  loads,
  (i) => `  let m${i} = firstRow + (thread + ${i * threads}u) / ${quads}u;
  let image${i} = m${i} / ${height * width}u;
  let place${i} = m${i} % ${height * width}u;
  let y${i} = i32(place${i} / ${width}u);
  let x${i} = i32(place${i} % ${width}u);
  let there${i} = ${all(`m${i} < ${rows}u`, `thread + ${i * threads}u < ${tile.rows * quads}u`)};`,
)}
${repeat(tile.perThread, (r) => `  var sum${r} = vec4<f32>();`)}
  for (var j = 1u; j <= arguments[0].x; j++) {
    let job = arguments[j];
    let side = i32(job.x);
    let pad = side / 2;
    for (var ky = 0; ky < side; ky++) {
      for (var kx = 0; kx < side; kx++) {
        for (var channel = 0u; channel < ${to}u; channel += ${depth}u) {
          workgroupBarrier();
${repeat(
  loads,
  (i) => `          {
            let py = y${i} + pad - ky;
            let px = x${i} + pad - kx;
            let oy = py / ${stride};
            let ox = px / ${stride};
            var v = vec4<f32>();
            if (${all(`there${i}`, 'py >= 0', 'px >= 0', `oy < ${outHeight}`, `ox < ${outWidth}`, ...onStride)}) {
              v = readDz(job.w, image${i} * ${outHeight * outWidth}u + u32(oy * ${outWidth} + ox), channel + ((thread + ${i * threads}u) % ${quads}u) * 4u);
            }
            ${(tile.rows * quads) % threads ? `if (thread + ${i * threads}u < ${tile.rows * quads}u) ` : ''}{ left[thread + ${i * threads}u] = v; }
          }`,
)}
${repeat(
  filterLoads,
  (i) => `          if (thread + ${i * threads}u < ${tile.columns * quads}u) {
            let at = thread + ${i * threads}u;
            let c = firstColumn + at / ${quads}u;
            var v = vec4<f32>();
            if (c < ${from}u) { v = readFilter(job.y, job.z, u32(ky * side + kx) * ${from}u + c, channel + (at % ${quads}u) * 4u); }
            right[(at % ${quads}u) * ${tile.columns}u + at / ${quads}u] = v;
          }`,
)}
          workgroupBarrier();
          for (var k = 0u; k < ${quads}u; k++) {
            let b0 = right[k * ${tile.columns}u + column * 4u];
            let b1 = right[k * ${tile.columns}u + column * 4u + 1u];
            let b2 = right[k * ${tile.columns}u + column * 4u + 2u];
            let b3 = right[k * ${tile.columns}u + column * 4u + 3u];
${repeat(
  tile.perThread,
  (r) => `            { let a = left[(row + ${r * rowStep}u) * ${quads}u + k];
              sum${r} += vec4<f32>(dot(a, b0), dot(a, b1), dot(a, b2), dot(a, b3)); }`,
)}
          }
        }
      }
    }
  }
  let c = firstColumn + column * 4u;
${repeat(
  tile.perThread,
  (r) => `  if (firstRow + row + ${r * rowStep}u < ${rows}u) {
    let m = firstRow + row + ${r * rowStep}u;
    writeDx(0u, m, c, ${shape.relu ? `select(vec4<f32>(), sum${r}, readX(m, c) > vec4<f32>())` : `sum${r}`});
  }`,
)}
}
`;
  return { code, storage: buffers.map(({ access }) => access) };
}
