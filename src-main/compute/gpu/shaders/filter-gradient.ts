import { declare, FIRST_GROUP, type Shader } from '../program.js';
import type { ConvolutionShape, FilterGradientShape } from './shapes.js';
import { directFilterGradient, directFilterGroups } from './direct-filter.js';
import { numbersType, readCoefficients } from './small-numbers.js';
import { all, elementOf, oneOf, readDz, readFour, repeat, writeFour } from './tiles.js';

const ROWS = 64;
/** Pixels that are taken into shared memory at once. */
const DEPTH = 32;
const PIXELS_A_PART = 1024;
/** Above, sums of one thread become long enough to lose digits. */
const MOST_PIXELS_A_PART = 16384;
const MOST_PIXELS_DIRECT = 2048;
const MOST_PARTS = 64;
const THREADS = 256;
const MOST_LANES = 4;
/** Workgroups that keep a large card busy. */
const ENOUGH = 400;

/** Convolutions of 7×7 in a cell. */
const LARGE_IN_CELL = 6;
const LARGE_SIDE = 7;

export type { FilterGradientShape };

const columnsOf = ({ to }: ConvolutionShape): number => (to > 32 ? 64 : to > 16 ? 32 : 16);
const pixelsOf = ({ images, outHeight, outWidth }: ConvolutionShape): number => images * outHeight * outWidth;
const tilesOf = (shape: ConvolutionShape, side: number): number => Math.ceil((side * side * shape.from) / ROWS);

/** Into how many sums the pixels are divided. It does not depend on which convolutions of a cell are there: neither do bits. */
export function partsOf(shape: FilterGradientShape): number {
  const pixels = pixelsOf(shape);
  const wanted = shape.cell
    ? Math.max(
        pixels / (shape.direct ? MOST_PIXELS_DIRECT : MOST_PIXELS_A_PART),
        ENOUGH / (tilesOf(shape, LARGE_SIDE) * Math.ceil(shape.to / columnsOf(shape)) * LARGE_IN_CELL),
      )
    : pixels / PIXELS_A_PART;
  return Math.min(MOST_PARTS, Math.max(1, Math.round(Math.min(wanted, pixels / DEPTH))));
}

/** @param side the largest side of the filters */
export function filterGradientGroups(shape: FilterGradientShape, side: number, jobs: number): [number, number, number] {
  if (shape.direct) return directFilterGroups(shape, side, partsOf(shape), jobs);
  return [tilesOf(shape, side), Math.ceil(shape.to / columnsOf(shape)) * partsOf(shape), jobs];
}

/**
 * The gradient of filters, in `partsOf` partial sums. Threads of a workgroup share its pixels in lanes, whose sums are added in order.
 * A job is four numbers: side of the filter, 0, where dz begins, where the partial sums begin.
 * Buffers: the image, dz, the partial sums.
 * Of a cell a job is side, source + 4·target (nodes) + 16·row of the scaled filter of a 1×1 convolution, slot, where the partial sums begin.
 * Buffers: nodes 0 to 2, z, gradients of nodes 1 to 3, numbers (see small-numbers.ts), which hold the partial sums too.
 */
export function filterGradient(shape: FilterGradientShape): Shader {
  if (shape.direct) return directFilterGradient(shape, partsOf(shape));
  const { height, width, from, outHeight, outWidth, to, stride } = shape;
  const columnsInTile = columnsOf(shape);
  const columns = columnsInTile / 4;
  const laneThreads = (ROWS / 8) * columns;
  const lanes = Math.min(MOST_LANES, THREADS / laneThreads);
  const threads = laneThreads * lanes;
  const rowQuads = ROWS / 4;
  const parts = partsOf(shape);
  const pixels = pixelsOf(shape);
  const share = Math.ceil(pixels / parts / DEPTH) * DEPTH;
  const columnTiles = Math.ceil(to / columnsInTile);
  const relu = (v: string): string => (shape.relu ? `max(${v}, vec4<f32>())` : v);
  const sources = shape.cell ? 3 : 1;
  const buffers = [
    ...Array.from({ length: sources }, (_, i) => ({
      name: `x${i}`,
      type: elementOf(from),
      access: 'read' as const,
    })),
    { name: 'dz', type: elementOf(to), access: 'read' as const },
    ...(shape.cell
      ? [
          ...[1, 2, 3].map((node) => ({ name: `g${node}`, type: elementOf(to), access: 'read' as const })),
          { name: 'numbers', type: numbersType(to), access: 'write' as const },
        ]
      : [{ name: 'partial', type: elementOf(to), access: 'write' as const }]),
  ];
  const inside = all('iy >= 0', `iy < ${height}`, 'ix >= 0', `ix < ${width}`);
  // Four neighbouring rows are four channels of one tap, unless the channels are not a multiple of four.
  const readLeft =
    from % 4 === 0
      ? `fn readLeft(which: u32, side: u32, row: u32, image: u32, y: i32, x: i32) -> vec4<f32> {
  let tap = row / ${from}u;
  let iy = y + i32(tap / side);
  let ix = x + i32(tap % side);
  if (!(${all('tap < side * side', inside)})) { return vec4<f32>(); }
  return ${relu(`readImage(which, image * ${height * width}u + u32(iy * ${width} + ix), row % ${from}u)`)};
}`
      : `fn readLeft(which: u32, side: u32, row: u32, image: u32, y: i32, x: i32) -> vec4<f32> {
  var v = vec4<f32>();
  for (var i = 0u; i < 4u; i++) {
    let tap = (row + i) / ${from}u;
    let iy = y + i32(tap / side);
    let ix = x + i32(tap % side);
    if (${all('tap < side * side', inside)}) {
      v[i] = readImage(which, image * ${height * width}u + u32(iy * ${width} + ix), (row + i) % ${from}u).x;
    }
  }
  return ${relu('v')};
}`;
  const code = `${declare(buffers)}
${repeat(sources, (i) => readFour(`readX${i}`, `x${i}`, from))}
fn readImage(which: u32, row: u32, channel: u32) -> vec4<f32> {
  ${oneOf(Array.from({ length: sources }, (_, i) => `readX${i}(row, channel)`))}
}
${readDz(to)}
${
  shape.cell
    ? `${repeat(3, (i) => readFour(`readG${i + 1}`, `g${i + 1}`, to))}
fn readG(which: u32, row: u32, channel: u32) -> vec4<f32> {
  ${oneOf([1, 1, 2, 3].map((node) => `readG${node}(row, channel)`))}
}
${readCoefficients(to, (row, channel) => `readImage(which, ${row}, ${channel})`)}`
    : ''
}
${writeFour('writePartial', shape.cell ? 'numbers' : 'partial', to)}
${readLeft}
var<workgroup> left: array<vec4<f32>, ${DEPTH * rowQuads}>;
var<workgroup> right: array<vec4<f32>, ${DEPTH * columns}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let job = arguments[group.z];
  let side = job.x;
  let lane = index / ${laneThreads}u;
  let thread = index % ${laneThreads}u;
  let pad = i32(side / 2u);
  let rows = side * side * ${from}u;
  let firstRow = (group.x + ${FIRST_GROUP}.x) * ${ROWS}u;
  if (firstRow >= rows) { return; }
  let share = group.y + ${FIRST_GROUP}.y;
  let firstColumn = (share % ${columnTiles}u) * ${columnsInTile}u;
  let part = share / ${columnTiles}u;
  let column = thread % ${columns}u;
  let row = thread / ${columns}u;
${repeat(8, (r) => `  var sum${r} = vec4<f32>();`)}
${shape.cell ? `  let by = coefficientsOf(job.z, firstColumn + (index % ${columns}u) * 4u);` : ''}
  let begin = part * ${share}u;
  let end = min(begin + ${share}u, ${pixels}u);
  for (var first = begin; first < end; first += ${DEPTH}u) {
    workgroupBarrier();
    for (var at = index; at < ${DEPTH * rowQuads}u; at += ${threads}u) {
      let pixel = first + at / ${rowQuads}u;
      var v = vec4<f32>();
      if (pixel < end) {
        let image = pixel / ${outHeight * outWidth}u;
        let place = pixel % ${outHeight * outWidth}u;
        v = readLeft(job.y % 4u, side, firstRow + (at % ${rowQuads}u) * 4u, image, i32(place / ${outWidth}u) * ${stride} - pad, i32(place % ${outWidth}u) * ${stride} - pad);
      }
      left[at] = v;
    }
    for (var at = index; at < ${DEPTH * columns}u; at += ${threads}u) {
      let pixel = first + at / ${columns}u;
      var v = vec4<f32>();
      let channel = firstColumn + (at % ${columns}u) * 4u;
      if (${all('pixel < end', ...(shape.cell ? [`channel < ${to}u`] : []))}) {
        ${
          shape.cell
            ? `let g = readG((job.y / 4u) % 4u, pixel, channel);
        if (side == 1u) { v = differentiatedPointwise(job.y % 4u, pixel, job.y / 16u, channel, g, by); }
        else { v = differentiated(readDz(job.z * ${pixels * to}u, pixel, channel), g, by); }`
            : 'v = readDz(job.z, pixel, channel);'
        }
      }
      right[at] = v;
    }
    workgroupBarrier();
    for (var k = lane; k < ${DEPTH}u; k += ${lanes}u) {
      let a = left[k * ${rowQuads}u + row];
      let c = left[k * ${rowQuads}u + row + ${rowQuads / 2}u];
      let b = right[k * ${columns}u + column];
${repeat(4, (r) => `      sum${r} = fma(vec4<f32>(a[${r}]), b, sum${r});`)}
${repeat(4, (r) => `      sum${r + 4} = fma(vec4<f32>(c[${r}]), b, sum${r + 4});`)}
    }
  }
  let start = job.w + part * rows * ${to}u;
${repeat(lanes > 1 ? 8 : 0, (r) => addLanes(`sum${r}`, lanes, laneThreads))}
  if (lane > 0u) { return; }
${repeat(
  8,
  (r) => `  {
    let at = firstRow + (row + ${r < 4 ? 0 : rowQuads / 2}u) * 4u + ${r % 4}u;
    if (at < rows) { writePartial(start, at, firstColumn + column * 4u, sum${r}); }
  }`,
)}
}
`;
  return { code, storage: buffers.map(({ access }) => access) };
}

/** Adds what the lanes have to that of lane 0. */
const addLanes = (sum: string, lanes: number, threads: number): string => `  workgroupBarrier();
  left[index] = ${sum};
  workgroupBarrier();
  if (lane == 0u) { ${sum} = ${Array.from({ length: lanes }, (_, lane) => `left[thread + ${lane * threads}u]`).join(' + ')}; }`;

/**
 * Adds the partial sums up. A job is four numbers: how many numbers a filter has, buffer of the gradient, where it
 * begins there, where the partial sums begin.
 * Buffers: the partial sums, the gradients.
 */
export function filterGradientSum(parts: number, outputs: number): Shader {
  const buffers = [
    { name: 'partial', type: 'f32', access: 'read' as const },
    ...Array.from({ length: outputs }, (_, i) => ({ name: `gradient${i}`, type: 'f32', access: 'write' as const })),
  ];
  const write =
    outputs === 1
      ? 'gradient0[job.z + i] = sum;'
      : `switch (job.y) {\n${repeat(outputs - 1, (i) => `case ${i}u: { gradient${i}[job.z + i] = sum; }`)}
default: { gradient${outputs - 1}[job.z + i] = sum; }\n}`;
  const code = `${declare(buffers)}
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let job = arguments[id.z];
  let i = id.x;
  if (i >= job.x) { return; }
  var sum = 0.0;
  for (var part = 0u; part < ${parts}u; part++) { sum += partial[job.w + part * job.x + i]; }
  ${write}
}
`;
  return { code, storage: buffers.map(({ access }) => access) };
}
