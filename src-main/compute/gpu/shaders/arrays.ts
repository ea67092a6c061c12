import { declare, type Shader } from '../program.js';
import { elementwise } from './normalisation.js';
import { all, repeat } from './tiles.js';

type Buffer = { name: string; type: string; access: 'read' | 'write' };
const read = (name: string): Buffer => ({ name, type: 'f32', access: 'read' });
const write = (name: string): Buffer => ({ name, type: 'f32', access: 'write' });
const shader = (buffers: readonly Buffer[], body: string): Shader => ({
  storage: buffers.map(({ access }) => access),
  code: `${declare(buffers)}\n${body}`,
});

export interface ImageShape {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

const sizeOf = ({ images, height, width, channels }: ImageShape): number => images * height * width * channels;

/** A function that gives how many of three neighbours lie inside. */
export const INSIDE = `fn inside(at: i32, size: i32) -> f32 { return f32(min(at + 2, size) - max(at - 1, 0)); }`;

/**
 * The sum of nine neighbours of pixel `i` and its gradient's, as WGSL lines that end with `pooled`.
 * @param value reads the number at an index  @param backward the transposed pool: each neighbour is divided by its own count
 */
export function pool(
  { height, width, channels }: ImageShape,
  value: (at: string) => string,
  backward: boolean,
): string {
  return `  var pooled = 0.0;
  {
    let pixel = i / ${channels}u;
    let py = i32((pixel / ${width}u) % ${height}u);
    let px = i32(pixel % ${width}u);
    for (var dy9 = -1; dy9 <= 1; dy9++) {
      for (var dx9 = -1; dx9 <= 1; dx9++) {
        let ny = py + dy9;
        let nx = px + dx9;
        if (${all('ny >= 0', `ny < ${height}`, 'nx >= 0', `nx < ${width}`)}) {
          let at = u32(i32(i) + (dy9 * ${width} + dx9) * ${channels});
          pooled += ${value('at')}${backward ? ` / (inside(ny, ${height}) * inside(nx, ${width}))` : ''};
        }
      }
    }
    ${backward ? '' : `pooled = pooled / (inside(py, ${height}) * inside(px, ${width}));`}
  }`;
}

/** Buffers: x, y. */
export const averagePool3x3 = (shape: ImageShape, backward: boolean): Shader =>
  shader(
    [read('x'), write('y')],
    `${INSIDE}
${elementwise(sizeOf(shape))}
${pool(shape, (at) => `x[${at}]`, backward)}
  y[i] = pooled;
}`,
  );

/** 2×2 average, stride 2, of even sides. Buffers: x, y; backward dy, dx. `shape` is that of the larger image. */
export const averagePool2x2 = (shape: ImageShape, backward: boolean): Shader => {
  const { images, height, width, channels } = shape;
  const small = `((image * ${height / 2}u + y0 / 2u) * ${width / 2}u + x0 / 2u) * ${channels}u + c`;
  return backward
    ? shader(
        [read('dy'), write('dx')],
        `${elementwise(sizeOf(shape))}
  let c = i % ${channels}u;
  let x0 = (i / ${channels}u) % ${width}u;
  let y0 = (i / ${channels * width}u) % ${height}u;
  let image = i / ${channels * width * height}u;
  dx[i] = 0.25 * dy[${small}];
}`,
      )
    : shader(
        [read('x'), write('y')],
        `${elementwise((images * height * width * channels) / 4)}
  let c = i % ${channels}u;
  let x0 = ((i / ${channels}u) % ${width / 2}u) * 2u;
  let y0 = ((i / ${(channels * width) / 2}u) % ${height / 2}u) * 2u;
  let image = i / ${(channels * width * height) / 4}u;
  let at = ((image * ${height}u + y0) * ${width}u + x0) * ${channels}u + c;
  y[i] = 0.25 * ((x[at] + x[at + ${channels}u]) + (x[at + ${width * channels}u] + x[at + ${(width + 1) * channels}u]));
}`,
      );
};

/** Mean over an image of the ReLU. Buffers: x, y [images, channels]. */
export const globalAveragePool = ({ images, height, width, channels }: ImageShape): Shader =>
  shader(
    [read('x'), write('y')],
    `${elementwise(images * channels)}
  let start = (i / ${channels}u) * ${height * width * channels}u + i % ${channels}u;
  var sum = 0.0;
  for (var pixel = 0u; pixel < ${height * width}u; pixel++) { sum += max(x[start + pixel * ${channels}u], 0.0); }
  y[i] = sum / ${height * width}.0;
}`,
  );

/** Buffers: dy [images, channels], x, dx. */
export const globalAveragePoolGradient = (shape: ImageShape): Shader =>
  shader(
    [read('dy'), read('x'), write('dx')],
    `${elementwise(sizeOf(shape))}
  let image = i / ${shape.height * shape.width * shape.channels}u;
  let g = dy[image * ${shape.channels}u + i % ${shape.channels}u] / ${shape.height * shape.width}.0;
  dx[i] = select(0.0, g, x[i] > 0.0);
}`,
  );

/** Σ weights[first + i]·xᵢ of up to four tensors [added to y]. Buffers: weights, the tensors, y. */
export const weightedSum = (size: number, tensors: number, first: number): Shader =>
  shader(
    [read('weights'), ...Array.from({ length: tensors }, (_, i) => read(`x${i}`)), write('y')],
    `${elementwise(size)}
  var sum = ${first > 0 ? 'y[i]' : '0.0'};
${repeat(tensors, (t) => `  sum = fma(weights[${first + t}], x${t}[i], sum);`)}
  y[i] = sum;
}`,
  );

/**
 * a·b, a thread a number, its terms in one order whatever the rows: a row does not depend on those beside it.
 * Buffers: a [m, k] (or [k, m]), b [k, n] (or [n, k]), y [m, n].
 */
export const matrixProduct = (m: number, k: number, n: number, transposeA: boolean, transposeB: boolean): Shader =>
  shader(
    [read('a'), read('b'), write('y')],
    `${elementwise(m * n)}
  let row = i / ${n}u;
  let column = i % ${n}u;
  var sum = 0.0;
  for (var t = 0u; t < ${k}u; t++) {
    sum = fma(a[${transposeA ? `t * ${m}u + row` : `row * ${k}u + t`}], b[${transposeB ? `column * ${k}u + t` : `t * ${n}u + column`}], sum);
  }
  y[i] = sum;
}`,
  );

/** x + y. Buffers: x, y, sum. */
export const addition = (size: number): Shader =>
  shader([read('x'), read('y'), write('sum')], `${elementwise(size)}\n  sum[i] = x[i] + y[i];\n}`);

/** weights[index]·dy. Buffers: weights, dy, dx. */
export const weighted = (size: number, index: number): Shader =>
  shader([read('weights'), read('dy'), write('dx')], `${elementwise(size)}\n  dx[i] = weights[${index}] * dy[i];\n}`);

const SHARES = 64;
const TREE = `var<workgroup> tree: array<f32, 256>;
fn total(v: f32, thread: u32) -> f32 {
  workgroupBarrier();
  tree[thread] = v;
  for (var half = 128u; half >= 1u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { tree[thread] += tree[thread + half]; }
  }
  workgroupBarrier();
  return tree[0];
}`;

export const dotShares = (size: number): number => Math.min(SHARES, Math.ceil(size / 1024));

/** Σ a·b in `dotShares` sums, or with `square` Σ a². Buffers: a, [b,] sums from `arguments[0].x` on. */
export const dotProduct = (size: number, square: boolean): Shader =>
  shader(
    [read('a'), ...(square ? [] : [read('b')]), write('sums')],
    `${TREE}
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = group.x * 256u + thread; i < ${size}u; i += ${dotShares(size) * 256}u) { sum += a[i] * ${square ? 'a' : 'b'}[i]; }
  let all = total(sum, thread);
  if (thread == 0u) { sums[arguments[0].x + group.x] = all; }
}`,
  );

/** The sum of each row of [rows, columns], columns ≤ 64. Buffers: x, y. */
export const sumRows = (rows: number, columns: number): Shader =>
  shader(
    [read('x'), write('y')],
    `${elementwise(rows)}
  var sum = 0.0;
  for (var c = 0u; c < ${columns}u; c++) { sum += x[i * ${columns}u + c]; }
  y[i] = sum;
}`,
  );

/** Loss and its gradient by the logits, one workgroup. Buffers: logits, targets, loss, gradient. */
export const crossEntropy = (rows: number, classes: number, sigmoid: boolean): Shader =>
  shader(
    [read('logits'), read('targets'), write('loss'), write('gradient')],
    `${TREE}
@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var row = thread; row < ${rows}u; row += 256u) {
    let start = row * ${classes}u;
${
  sigmoid
    ? `    for (var c = start; c < start + ${classes}u; c++) {
      let z = logits[c];
      let e = exp(-abs(z));
      // log(1 + e) without loss of digits for small e
      let u = 1.0 + e;
      let tail = select(log(u) * e / (u - 1.0), e, u == 1.0);
      sum += max(z, 0.0) - z * targets[c] + tail;
      let p = select(e / u, 1.0 / u, z >= 0.0);
      gradient[c] = (p - targets[c]) / ${rows * classes}.0;
    }`
    : `    var largest = logits[start];
    for (var c = start + 1u; c < start + ${classes}u; c++) { largest = max(largest, logits[c]); }
    var all = 0.0;
    var wanted = 0.0;
    for (var c = start; c < start + ${classes}u; c++) { all += exp(logits[c] - largest); wanted += targets[c]; }
    let offset = largest + log(all);
    for (var c = start; c < start + ${classes}u; c++) {
      sum += targets[c] * (offset - logits[c]);
      gradient[c] = (exp(logits[c] - largest) / all * wanted - targets[c]) / ${rows}.0;
    }`
}
  }
  let everything = total(sum, thread);
  if (thread == 0u) { loss[0] = everything / ${sigmoid ? rows * classes : rows}.0; }
}`,
  );

/** The factor that clips the norm whose squares are the sums: min(1, limit / (norm + 1e-6)). Buffers: sums, factor. */
export const clipFactor = (sums: number): Shader =>
  shader(
    [read('sums'), write('factor')],
    `${TREE}
@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < ${sums}u; i += 256u) { sum += sums[i]; }
  let norm = sqrt(total(sum, thread));
  let limit = bitcast<f32>(arguments[0].x);
  if (thread == 0u) { factor[0] = select(1.0, min(1.0, limit / (norm + 1e-6)), limit > 0.0); }
}`,
  );

/** Nesterov's step over all weights at once. Arguments: learning rate, momentum, decay. Buffers: factor, gradients, weights, momenta. */
export const sgdStep = (size: number): Shader =>
  shader(
    [read('factor'), read('gradients'), write('weights'), write('momenta')],
    `${elementwise(size)}
  let rate = bitcast<f32>(arguments[0].x);
  let momentum = bitcast<f32>(arguments[0].y);
  let decay = bitcast<f32>(arguments[0].z);
  let step = gradients[i] * factor[0] + weights[i] * decay;
  let moved = momenta[i] * momentum + step;
  momenta[i] = moved;
  weights[i] -= (step + moved * momentum) * rate;
}`,
  );

/** average ← decay·average + (1 − decay)·value. Arguments: decay, 1 − decay. Buffers: value, average. */
export const movingAverage = (size: number): Shader =>
  shader(
    [read('value'), write('average')],
    `${elementwise(size)}
  average[i] = average[i] * bitcast<f32>(arguments[0].x) + value[i] * bitcast<f32>(arguments[0].y);
}`,
  );
