import { declare, FIRST_GROUP, type Shader } from '../program.js';
import type { FilterGradientShape } from './shapes.js';
import { numbersType, readCoefficients } from './small-numbers.js';
import { all, elementOf, oneOf, readDz, readFour, repeat, writeFour } from './tiles.js';

const THREADS = 64;
/** Quads of output channels that an invocation makes. */
const MOST_QUADS = 2;
const quadsOf = ({ to }: FilterGradientShape): number => Math.min(MOST_QUADS, Math.ceil(to / 4));
const columnsOf = (shape: FilterGradientShape): number => Math.ceil(shape.to / (4 * quadsOf(shape)));

/** @param side the largest side of the filters */
export const directFilterGroups = (
  shape: FilterGradientShape,
  side: number,
  parts: number,
  jobs: number,
): [number, number, number] => [
  Math.ceil((side * side * Math.ceil(shape.from / 4)) / THREADS),
  columnsOf(shape) * parts,
  jobs,
];

/**
 * As `filterGradient` of filter-gradient.ts, for renderers on the processor (see direct.ts): an invocation has four input channels of a tap,
 * and walks over the pixels of a part, at which all invocations read the same gradient.
 */
export function directFilterGradient(shape: FilterGradientShape, parts: number): Shader {
  const { images, height, width, from, outHeight, outWidth, to, stride, cell } = shape;
  const quads = quadsOf(shape);
  const fromQuads = Math.ceil(from / 4);
  const inputs = Math.min(4, from);
  const pixels = images * outHeight * outWidth;
  const share = Math.ceil(pixels / parts);
  const sources = cell ? 3 : 1;
  const buffers = [
    ...Array.from({ length: sources }, (_, i) => ({ name: `x${i}`, type: elementOf(from), access: 'read' as const })),
    { name: 'dz', type: elementOf(to), access: 'read' as const },
    ...(cell
      ? [
          ...[1, 2, 3].map((node) => ({ name: `g${node}`, type: elementOf(to), access: 'read' as const })),
          { name: 'numbers', type: numbersType(to), access: 'write' as const },
        ]
      : [{ name: 'partial', type: elementOf(to), access: 'write' as const }]),
  ];
  const gradient = (q: number): string => {
    const channel = `firstColumn + ${4 * q}u`;
    if (!cell) return `let d${q} = readDz(job.z, pixel, ${channel});`;
    return `let g${q}q = readG((job.y / 4u) % 4u, pixel, ${channel});
      var d${q}: vec4<f32>;
      if (side == 1) { d${q} = differentiatedPointwise(job.y % 4u, pixel, job.y / 16u, ${channel}, g${q}q, by${q}); }
      else { d${q} = differentiated(readDz(job.z * ${pixels * to}u, pixel, ${channel}), g${q}q, by${q}); }`;
  };
  const code = `${declare(buffers)}
${repeat(sources, (i) => readFour(`readX${i}`, `x${i}`, from))}
fn readImage(which: u32, row: u32, channel: u32) -> vec4<f32> {
  ${oneOf(Array.from({ length: sources }, (_, i) => `readX${i}(row, channel)`))}
}
${readDz(to)}
${
  cell
    ? `${repeat(3, (i) => readFour(`readG${i + 1}`, `g${i + 1}`, to))}
fn readG(which: u32, row: u32, channel: u32) -> vec4<f32> {
  ${oneOf([1, 1, 2, 3].map((node) => `readG${node}(row, channel)`))}
}
${readCoefficients(to, (row, channel) => `readImage(which, ${row}, ${channel})`)}`
    : ''
}
${writeFour('writePartial', cell ? 'numbers' : 'partial', to)}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let job = arguments[group.z];
  let side = i32(job.x);
  let index = (group.x + ${FIRST_GROUP}.x) * ${THREADS}u + thread;
  let tap = i32(index / ${fromQuads}u);
  let channel = (index % ${fromQuads}u) * 4u;
  let second = group.y + ${FIRST_GROUP}.y;
  let firstColumn = (second % ${columnsOf(shape)}u) * ${4 * quads}u;
  let part = second / ${columnsOf(shape)}u;
  if (tap >= side * side) { return; }
  let ky = tap / side - side / 2;
  let kx = tap % side - side / 2;
${cell ? repeat(quads, (q) => `  let by${q} = coefficientsOf(job.z, firstColumn + ${4 * q}u);`) : ''}
${repeat(inputs * quads, (i) => `  var sum${i} = vec4<f32>();`)}
  for (var pixel = part * ${share}u; pixel < min((part + 1u) * ${share}u, ${pixels}u); pixel++) {
    let image = pixel / ${outHeight * outWidth}u;
    let iy = i32((pixel / ${outWidth}u) % ${outHeight}u) * ${stride} + ky;
    let ix = i32(pixel % ${outWidth}u) * ${stride} + kx;
    let inside = ${all('iy >= 0', `iy < ${height}`, 'ix >= 0', `ix < ${width}`)};
    let v = select(vec4<f32>(), readImage(${cell ? 'job.y % 4u' : '0u'}, image * ${height * width}u + select(0u, u32(iy * ${width} + ix), inside), channel), inside);
    let a = ${shape.relu ? 'max(v, vec4<f32>())' : 'v'};
${repeat(quads, (q) => `      ${gradient(q)}`)}
${repeat(inputs * quads, (i) => `    sum${i} = fma(vec4<f32>(a[${Math.floor(i / quads)}]), d${i % quads}, sum${i});`)}
  }
  let start = job.w + part * u32(side * side) * ${from * to}u;
${repeat(inputs * quads, (i) => {
  const c = Math.floor(i / quads);
  return `  ${from % 4 === 0 || from < 4 ? '' : `if (channel + ${c}u < ${from}u) `}{ writePartial(start, u32(tap) * ${from}u + channel + ${c}u, firstColumn + ${4 * (i % quads)}u, sum${i}); }`;
})}
}
`;
  return { code, storage: buffers.map(({ access }) => access) };
}
