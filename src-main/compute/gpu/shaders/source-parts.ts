import type { ImageShape } from './arrays.js';
import { readFour, repeat } from './tiles.js';

/** Flags of an edge. */
export const HAS_SKIP = 1;
export const HAS_POOL = 2;

/** WGSL: `readG(edge, row, channel)` of the gradients of the targets, `g0 …`. */
export const readEdges = (edges: number, channels: number): string =>
  `${Array.from({ length: edges }, (_, edge) => readFour(`readG${edge}`, `g${edge}`, channels)).join('\n')}
fn readG(edge: u32, row: u32, channel: u32) -> vec4<f32> {
  switch (edge) {
${repeat(edges - 1, (edge) => `    case ${edge}u: { return readG${edge}(row, channel); }`)}
    default: { return readG${edges - 1}(row, channel); }
  }
}`;

/** WGSL: `pooled(edge, row, channel)`, the transposed pool, of which each neighbour is divided by its own count. */
export const transposedPool = ({
  height,
  width,
}: ImageShape): string => `fn pooled(edge: u32, row: u32, channel: u32) -> vec4<f32> {
  let y = i32((row / ${width}u) % ${height}u);
  let x = i32(row % ${width}u);
  var sum = vec4<f32>();
  for (var ny = max(y - 1, 0); ny <= min(y + 1, ${height - 1}); ny++) {
    for (var nx = max(x - 1, 0); nx <= min(x + 1, ${width - 1}); nx++) {
      sum += readG(edge, u32(i32(row) + (ny - y) * ${width} + nx - x), channel) / (inside(ny, ${height}) * inside(nx, ${width}));
    }
  }
  return sum;
}`;

/** `readFilter(start, row, channel)`: four neighbours of the filters from a place on. */
export const readSourceFilter = (channels: number): string =>
  channels % 4 === 0
    ? `fn readFilter(start: u32, row: u32, channel: u32) -> vec4<f32> {
  if (channel >= ${channels}u) { return vec4<f32>(); }
  return filters[start / 4u + row * ${channels / 4}u + channel / 4u];
}`
    : `fn readFilter(start: u32, row: u32, channel: u32) -> vec4<f32> {
  var v = vec4<f32>();
  let at = start + row * ${channels}u + channel;
  ${repeat(4, (i) => `if (channel + ${i}u < ${channels}u) { v[${i}] = filters[at + ${i}u]; }`)}
  return v;
}`;
