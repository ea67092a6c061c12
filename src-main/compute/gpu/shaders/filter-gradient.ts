import { declare, FIRST_GROUP, type Shader } from '../program.js';
import { readDz, type ConvolutionShape } from './convolution.js';
import { all, elementOf, readFour, repeat, writeFour } from './tiles.js';

const ROWS = 64;
/** Pixels that are taken into shared memory at once. */
const DEPTH = 16;
const PIXELS_A_PART = 512;
const MOST_PARTS = 64;

export interface FilterGradientShape extends ConvolutionShape {
  /** Buffers of images that a job may choose from. */
  readonly sources: number;
}

const columnsOf = ({ to }: ConvolutionShape): number => (to > 32 ? 64 : to > 16 ? 32 : 16);
const pixelsOf = ({ images, outHeight, outWidth }: ConvolutionShape): number => images * outHeight * outWidth;

/** Into how many sums the pixels are divided. */
export const partsOf = (shape: ConvolutionShape): number =>
  Math.min(MOST_PARTS, Math.max(1, Math.round(pixelsOf(shape) / PIXELS_A_PART)));

/** @param side the largest side of the filters */
export function filterGradientGroups(shape: ConvolutionShape, side: number, jobs: number): [number, number, number] {
  const tiles = Math.ceil((side * side * shape.from) / ROWS);
  return [tiles, Math.ceil(shape.to / columnsOf(shape)) * partsOf(shape), jobs];
}

/**
 * The gradient of filters, in `partsOf` partial sums. A job is four numbers: side of the filter, buffer of its image,
 * where dz begins, where the partial sums begin.
 * Buffers: the images, dz, the partial sums.
 */
export function filterGradient(shape: FilterGradientShape): Shader {
  const { height, width, from, outHeight, outWidth, to, stride } = shape;
  const columnsInTile = columnsOf(shape);
  const columns = columnsInTile / 4;
  const threads = (ROWS / 8) * columns;
  const rowQuads = ROWS / 4;
  const loads = Math.ceil((DEPTH * rowQuads) / threads);
  const dzLoads = Math.ceil((DEPTH * columns) / threads);
  const parts = partsOf(shape);
  const pixels = pixelsOf(shape);
  const share = Math.ceil(pixels / parts / DEPTH) * DEPTH;
  const columnTiles = Math.ceil(to / columnsInTile);
  const relu = (v: string): string => (shape.relu ? `max(${v}, vec4<f32>())` : v);
  const choose = (read: (i: number) => string): string =>
    shape.sources === 1
      ? `return ${read(0)};`
      : `switch (which) {\n${repeat(shape.sources - 1, (i) => `case ${i}u: { return ${read(i)}; }`)}
default: { return ${read(shape.sources - 1)}; }\n}`;
  const buffers = [
    ...Array.from({ length: shape.sources }, (_, i) => ({
      name: `x${i}`,
      type: elementOf(from),
      access: 'read' as const,
    })),
    { name: 'dz', type: elementOf(to), access: 'read' as const },
    { name: 'partial', type: elementOf(to), access: 'write' as const },
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
${repeat(shape.sources, (i) => readFour(`readX${i}`, `x${i}`, from))}
fn readImage(which: u32, row: u32, channel: u32) -> vec4<f32> {
  ${choose((i) => `readX${i}(row, channel)`)}
}
${readDz(to)}
${writeFour('writePartial', 'partial', to)}
${readLeft}
var<workgroup> left: array<vec4<f32>, ${DEPTH * rowQuads}>;
var<workgroup> right: array<vec4<f32>, ${DEPTH * columns}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let job = arguments[group.z];
  let side = job.x;
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
  let begin = part * ${share}u;
  let end = min(begin + ${share}u, ${pixels}u);
  for (var first = begin; first < end; first += ${DEPTH}u) {
    workgroupBarrier();
${repeat(
  loads,
  (i) => `    {
      let at = thread + ${i * threads}u;
      let pixel = first + at / ${rowQuads}u;
      var v = vec4<f32>();
      if (pixel < end) {
        let image = pixel / ${outHeight * outWidth}u;
        let place = pixel % ${outHeight * outWidth}u;
        v = readLeft(job.y, side, firstRow + (at % ${rowQuads}u) * 4u, image, i32(place / ${outWidth}u) * ${stride} - pad, i32(place % ${outWidth}u) * ${stride} - pad);
      }
      left[at] = v;
    }`,
)}
${repeat(
  dzLoads,
  (i) => `    if (thread + ${i * threads}u < ${DEPTH * columns}u) {
      let at = thread + ${i * threads}u;
      let pixel = first + at / ${columns}u;
      var v = vec4<f32>();
      if (pixel < end) { v = readDz(job.z, pixel, firstColumn + (at % ${columns}u) * 4u); }
      right[at] = v;
    }`,
)}
    workgroupBarrier();
    for (var k = 0u; k < ${DEPTH}u; k++) {
      let a = left[k * ${rowQuads}u + row];
      let c = left[k * ${rowQuads}u + row + ${rowQuads / 2}u];
      let b = right[k * ${columns}u + column];
${repeat(4, (r) => `      sum${r} = fma(vec4<f32>(a[${r}]), b, sum${r});`)}
${repeat(4, (r) => `      sum${r + 4} = fma(vec4<f32>(c[${r}]), b, sum${r + 4});`)}
    }
  }
  let start = job.w + part * rows * ${to}u;
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
