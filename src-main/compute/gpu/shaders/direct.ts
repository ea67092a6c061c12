import { declare, FIRST_GROUP, type Shader } from '../program.js';
import type { ConvolutionShape } from './shapes.js';
import { all, elementOf, readDz, readFilters, readFour, repeat, writeFour } from './tiles.js';

/*
 * Convolutions for renderers on the processor (llvmpipe, SwiftShader): each invocation computes its numbers straight from storage. A
 * barrier there suspends every invocation of a workgroup, and shared memory is no nearer than any other. Invocations side by side differ
 * in their pixels only, so that filters are read once for all of them.
 */

/** Pixels of a workgroup, one an invocation. */
export const DIRECT_ROWS = 64;
/** Quads of channels that an invocation makes. */
const MOST_QUADS = 4;

export const directQuads = (channels: number): number => Math.min(MOST_QUADS, Math.ceil(channels / 4));

/** @param rows pixels of the result  @param channels of the result */
export const directGroups = (rows: number, channels: number, jobs: number): [number, number, number] => [
  Math.ceil(rows / DIRECT_ROWS),
  Math.ceil(channels / (4 * directQuads(channels))),
  jobs,
];

/** The start of a shader whose invocations have a pixel each: `row`, `pixel` (inside the array), `there`, `image`, `y`, `x`, `firstColumn`. */
export const directStart = (rows: number, height: number, width: number, channels: number): string =>
  `@compute @workgroup_size(${DIRECT_ROWS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = (group.x + ${FIRST_GROUP}.x) * ${DIRECT_ROWS}u + thread;
  let firstColumn = (group.y + ${FIRST_GROUP}.y) * ${4 * directQuads(channels)}u;
  let there = row < ${rows}u;
  let pixel = min(row, ${rows - 1}u);
  let image = pixel / ${height * width}u;
  let y = i32((pixel / ${width}u) % ${height}u);
  let x = i32(pixel % ${width}u);`;

/** `sum0 …`: four numbers of the result and what `a`, four numbers of an input, adds to them. */
const sums = (quads: number): string => repeat(quads, (q) => `  var sum${q} = vec4<f32>();`);

/** As `convolution` of convolution.ts. */
export function directConvolution(shape: ConvolutionShape, also?: 'bias' | 'moments'): Shader {
  const { images, height, width, from, outHeight, outWidth, to, stride } = shape;
  const quads = directQuads(to);
  const rows = images * outHeight * outWidth;
  const [chunks] = directGroups(rows, to, 1);
  const buffers = [
    { name: 'image', type: elementOf(from), access: 'read' as const },
    ...Array.from({ length: shape.filters }, (_, i) => ({
      name: `filter${i}`,
      type: elementOf(to),
      access: 'read' as const,
    })),
    ...(also === 'bias' ? [{ name: 'bias', type: elementOf(to), access: 'read' as const }] : []),
    { name: 'z', type: elementOf(to), access: 'write' as const },
    ...(also === 'moments' ? [{ name: 'moments', type: elementOf(to), access: 'write' as const }] : []),
  ];
  const code = `${declare(buffers)}
${readFour('readX', 'image', from)}
${readFilters('readFilter', shape.filters, to)}
${writeFour('writeZ', 'z', to)}
${also === 'bias' ? readFour('readBias', 'bias', to) : ''}
${also === 'moments' ? `${writeFour('writeMoments', 'moments', to)}\nvar<workgroup> tile: array<vec4<f32>, ${quads * DIRECT_ROWS}>;` : ''}
${directStart(rows, outHeight, outWidth, to)}
  let job = arguments[group.z];
  let side = i32(job.x);
  let top = y * ${stride} - side / 2;
  let begin = x * ${stride} - side / 2;
${sums(quads)}
  for (var ky = 0; ky < side; ky++) {
    for (var kx = 0; kx < side; kx++) {
      let iy = top + ky;
      let ix = begin + kx;
      let inside = ${all('iy >= 0', `iy < ${height}`, 'ix >= 0', `ix < ${width}`)};
      let at = image_of(image, iy, ix, inside);
      for (var channel = 0u; channel < ${from}u; channel += 4u) {
        let v = select(vec4<f32>(), readX(at, channel), inside);
        let a = ${shape.relu ? 'max(v, vec4<f32>())' : 'v'};
        let tap = u32(ky * side + kx) * ${from}u + channel;
        for (var k = 0u; k < ${Math.min(4, from)}u; k++) {
          ${from % 4 === 0 || from < 4 ? '' : `if (channel + k >= ${from}u) { break; }`}
${repeat(quads, (q) => `          sum${q} = fma(vec4<f32>(a[k]), readFilter(job.y, job.z, tap + k, firstColumn + ${4 * q}u), sum${q});`)}
        }
      }
    }
  }
${also === 'bias' ? repeat(quads, (q) => `  sum${q} += readBias(0u, firstColumn + ${4 * q}u);`) : ''}
  if (there) {
${repeat(quads, (q) => `    writeZ(job.w, row, firstColumn + ${4 * q}u, sum${q});`)}
  }
${
  also === 'moments'
    ? `${repeat(quads, (q) => `  tile[${q * DIRECT_ROWS}u + thread] = sum${q};`)}
  workgroupBarrier();
  if (thread < ${quads}u) {
    let count = min(${DIRECT_ROWS}u, ${rows}u - (row - thread));
    var mean = vec4<f32>();
    for (var i = 0u; i < count; i++) { mean += tile[thread * ${DIRECT_ROWS}u + i]; }
    mean /= f32(count);
    var squares = vec4<f32>();
    for (var i = 0u; i < count; i++) {
      let d = tile[thread * ${DIRECT_ROWS}u + i] - mean;
      squares = fma(d, d, squares);
    }
    let at = ((job.w / ${rows * to}u) * ${chunks}u + (row - thread) / ${DIRECT_ROWS}u) * 2u;
    writeMoments(0u, at, firstColumn + 4u * thread, mean);
    writeMoments(0u, at + 1u, firstColumn + 4u * thread, squares);
  }`
    : ''
}
}
${imageOf(height, width)}`;
  return { code, storage: buffers.map(({ access }) => access) };
}

/** `image_of(image, y, x, inside)`: the pixel's place, of some pixel where it is not inside. */
export const imageOf = (height: number, width: number): string =>
  `fn image_of(image: u32, y: i32, x: i32, inside: bool) -> u32 {
  return image * ${height * width}u + select(0u, u32(y * ${width} + x), inside);
}
`;

/** WGSL lines: what `a`, four channels of the other side from `channel` on, adds to the sums. @param filter reads four of row and channel */
export const addTransposed = (quads: number, from: number, filter: (row: string, channel: string) => string): string =>
  repeat(
    4 * quads,
    (c) =>
      `          ${from % (4 * quads) === 0 ? '' : `if (firstColumn + ${c}u < ${from}u) `}{ sum${c >> 2}[${c & 3}] += dot(a, ${filter(`tap + ${c}u`, 'channel')}); }`,
  );

/** As `inputGradient` of convolution.ts. */
export function directInputGradient(shape: ConvolutionShape): Shader {
  const { images, height, width, from, outHeight, outWidth, to, stride } = shape;
  const quads = directQuads(from);
  const rows = images * height * width;
  const buffers = [
    { name: 'dz', type: elementOf(to), access: 'read' as const },
    ...Array.from({ length: shape.filters }, (_, i) => ({
      name: `filter${i}`,
      type: elementOf(to),
      access: 'read' as const,
    })),
    { name: 'value', type: elementOf(from), access: 'read' as const },
    { name: 'dx', type: elementOf(from), access: 'write' as const },
  ];
  const onStride = stride === 1 ? [] : [`py % ${stride} == 0`, `px % ${stride} == 0`];
  const code = `${declare(buffers)}
${readDz(to)}
${readFilters('readFilter', shape.filters, to)}
${readFour('readX', 'value', from)}
${writeFour('writeDx', 'dx', from)}
${directStart(rows, height, width, from)}
${sums(quads)}
  for (var j = 1u; j <= arguments[0].x; j++) {
    let job = arguments[j];
    let side = i32(job.x);
    for (var ky = 0; ky < side; ky++) {
      for (var kx = 0; kx < side; kx++) {
        let py = y + side / 2 - ky;
        let px = x + side / 2 - kx;
        let oy = py / ${stride};
        let ox = px / ${stride};
        let inside = ${all('py >= 0', 'px >= 0', `oy < ${outHeight}`, `ox < ${outWidth}`, ...onStride)};
        let at = image_of(image, oy, ox, inside);
        let tap = u32(ky * side + kx) * ${from}u + firstColumn;
        for (var channel = 0u; channel < ${to}u; channel += 4u) {
          let a = select(vec4<f32>(), readDz(job.w, at, channel), inside);
${addTransposed(quads, from, (row, channel) => `readFilter(job.y, job.z, ${row}, ${channel})`)}
        }
      }
    }
  }
  if (there) {
${repeat(quads, (q) => `    writeDx(0u, row, firstColumn + ${4 * q}u, ${shape.relu ? `select(vec4<f32>(), sum${q}, readX(row, firstColumn + ${4 * q}u) > vec4<f32>())` : `sum${q}`});`)}
  }
}
${imageOf(outHeight, outWidth)}`;
  return { code, storage: buffers.map(({ access }) => access) };
}
