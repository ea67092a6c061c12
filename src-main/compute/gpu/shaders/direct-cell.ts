import { declare, type Shader } from '../program.js';
import { INSIDE } from './arrays.js';
import type { CellShape } from './cell.js';
import { addTransposed, directGroups, DIRECT_ROWS, directQuads, directStart, imageOf } from './direct.js';
import { entries, numbersType, readCoefficients } from './small-numbers.js';
import { HAS_POOL, HAS_SKIP, readEdges, readSourceFilter, transposedPool } from './source-parts.js';
import { all, elementOf, readDz, readFour, repeat, writeFour } from './tiles.js';

/** As `sourceGradient` of source-gradient.ts, for renderers on the processor: see direct.ts. */
export function directSourceGradient(shape: CellShape, edges: number): Shader {
  const { images, height, width, channels } = shape;
  const quads = directQuads(channels);
  const rows = images * height * width;
  const element = elementOf(channels);
  const [across, down] = directGroups(rows, channels, 1);
  const buffers = [
    { name: 'dz', type: element, access: 'read' as const },
    ...Array.from({ length: edges }, (_, edge) => ({ name: `g${edge}`, type: element, access: 'read' as const })),
    { name: 'filters', type: element, access: 'read' as const },
    { name: 'numbers', type: numbersType(channels), access: 'write' as const },
    { name: 'value', type: element, access: 'read' as const },
    { name: 'gradient', type: element, access: 'write' as const },
  ];
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
var<workgroup> products: array<vec4<f32>, ${edges * DIRECT_ROWS}>;
${directStart(rows, height, width, channels)}
${repeat(quads, (q) => `  var sum${q} = vec4<f32>();`)}
  for (var edge = 0u; edge < ${edges}u; edge++) {
    let own = arguments[1u + edge];
    for (var j = 0u; j < own.x; j++) {
      let job = arguments[own.y + j];
      let side = i32(job.x);
      for (var channel = 0u; channel < ${channels}u; channel += 4u) {
        let by = coefficientsOf(job.z, channel);
        for (var ky = 0; ky < side; ky++) {
          for (var kx = 0; kx < side; kx++) {
            let py = y + side / 2 - ky;
            let px = x + side / 2 - kx;
            let inside = ${all('py >= 0', `py < ${height}`, 'px >= 0', `px < ${width}`)};
            let at = image_of(image, py, px, inside);
            let g = readG(edge, at, channel);
            var v: vec4<f32>;
            if (side == 1) { v = differentiatedPointwise(0u, at, arguments[0].w + own.w * ${channels}u, channel, g, by); }
            else { v = differentiated(readDz(job.z * ${rows * channels}u, at, channel), g, by); }
            let a = select(vec4<f32>(), v, inside);
            let tap = u32(ky * side + kx) * ${channels}u + firstColumn;
${addTransposed(quads, channels, (row, channel) => `readFilter(job.y, ${row}, ${channel})`)}
          }
        }
      }
    }
  }
${repeat(quads, (q) => `  let x${q} = readValue(pixel, firstColumn + ${4 * q}u);\n  sum${q} = select(vec4<f32>(), sum${q}, x${q} > vec4<f32>());`)}
  for (var edge = 0u; edge < ${edges}u; edge++) {
    let own = arguments[1u + edge];
    let weights = readEntry(arguments[0].y + own.w);
    var product = vec4<f32>();
    if ((own.z & ${HAS_SKIP}u) != 0u) {
${repeat(quads, (q) => `      {\n        let g = readG(edge, pixel, firstColumn + ${4 * q}u);\n        sum${q} = fma(vec4<f32>(weights.x), g, sum${q});\n        product.x += dot(g, x${q});\n      }`)}
    }
    if ((own.z & ${HAS_POOL}u) != 0u) {
${repeat(quads, (q) => `      {\n        let g = pooled(edge, pixel, firstColumn + ${4 * q}u);\n        sum${q} = fma(vec4<f32>(weights.y), g, sum${q});\n        product.y += dot(g, x${q});\n      }`)}
    }
    products[edge * ${DIRECT_ROWS}u + thread] = select(vec4<f32>(), product, there);
  }
  if (there) {
${repeat(quads, (q) => `    writeGradient(0u, row, firstColumn + ${4 * q}u, sum${q});`)}
  }
  workgroupBarrier();
  if (thread < ${edges}u) {
    var total = vec4<f32>();
    for (var i = 0u; i < ${DIRECT_ROWS}u; i++) { total += products[thread * ${DIRECT_ROWS}u + i]; }
    writeEntry(arguments[0].z + thread * ${across * down}u + ((row - thread) / ${DIRECT_ROWS}u) * ${down}u + firstColumn / ${4 * quads}u, total);
  }
}
${imageOf(height, width)}`;
  return { code, storage: buffers.map(({ access }) => access) };
}
