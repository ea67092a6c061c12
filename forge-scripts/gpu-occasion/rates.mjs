/** What the card itself can do, and how near single shaders come. */

import { declare } from '../../src-main/compute/gpu/program.ts';
import {
  convolution,
  forwardGroups,
  inputGradient,
  inputGradientGroups,
  keyOf,
} from '../../src-main/compute/gpu/shaders/convolution.ts';
import { filterGradient, filterGradientGroups, partsOf } from '../../src-main/compute/gpu/shaders/filter-gradient.ts';

/** Seconds that a piece of work takes on the card: many of it, less the way there and back. */
async function timed(backend, record, least = 0.02) {
  const finish = async () => {
    backend.submitRecorded();
    await backend.device.queue.onSubmittedWorkDone();
  };
  record();
  await finish();
  let times = 4;
  let best = Infinity;
  for (let round = 0; round < 3;) {
    const start = performance.now();
    for (let i = 0; i < times; i++) record();
    await finish();
    const seconds = (performance.now() - start) / 1000;
    best = Math.min(best, seconds / times);
    if (seconds > least || times > 5000) round++;
    else times *= 4;
  }
  return best;
}

const fill = (backend, bytes) => {
  const buffer = backend.acquire(bytes);
  const values = Float32Array.from(
    { length: Math.min(bytes / 4, 1 << 20) },
    (_, i) => ((i * 7919) % 1013) / 1013 - 0.5,
  );
  for (let at = 0; at < bytes; at += values.byteLength)
    backend.queue.writeBuffer(buffer, at, values.buffer, 0, Math.min(values.byteLength, bytes - at));
  return buffer;
};

export async function kernelRates(backend, tiny) {
  const rows = [];
  const cases = tiny
    ? [[2, 8, 4]]
    : [
        [32, 28, 16],
        [32, 14, 32],
        [32, 7, 64],
        [128, 28, 16],
        [128, 14, 32],
        [128, 7, 64],
      ];
  for (const [images, size, channels] of cases) {
    const shape = {
      images,
      height: size,
      width: size,
      from: channels,
      outHeight: size,
      outWidth: size,
      to: channels,
      stride: 1,
      filters: 4,
      relu: true,
    };
    const numbers = images * size * size * channels;
    const x = fill(backend, numbers * 4);
    const z = fill(backend, 3 * numbers * 4);
    const dx = fill(backend, 3 * numbers * 4);
    for (const side of [7, 3, 1]) {
      const filter = fill(backend, 6 * side * side * channels * channels * 4);
      const flop = 2 * images * size * size * channels * channels * side * side * 3;
      const parts = [x, filter, filter, filter, filter].map((buffer) => backend.whole(buffer));
      const jobs = [0, 1, 2].flatMap((i) => [side, 0, i * side * side * channels * channels, i * numbers]);
      const forward = await timed(backend, () =>
        backend.dispatch(
          backend.program(`convolution ${keyOf(shape)}`, () => convolution(shape)),
          [...parts, backend.whole(z)],
          forwardGroups(shape, 3),
          jobs,
        ),
      );
      const back = await timed(backend, () =>
        backend.dispatch(
          backend.program(`input gradient, split ${keyOf(shape)}`, () => inputGradient(shape, true)),
          [backend.whole(z), ...parts.slice(1), backend.whole(dx)],
          inputGradientGroups(shape, 3),
          jobs,
        ),
      );
      const filters = { ...shape, sources: 3 };
      const partial = backend.acquire(3 * partsOf(filters) * side * side * channels * channels * 4);
      const gradient = await timed(backend, () =>
        backend.dispatch(
          backend.program(`filter gradient ${keyOf(filters)}`, () => filterGradient(filters)),
          [parts[0], parts[0], parts[0], backend.whole(z), backend.whole(partial)],
          filterGradientGroups(filters, side, 3),
          [0, 1, 2].flatMap((i) => [side, 0, i * numbers, i * partsOf(filters) * side * side * channels * channels]),
        ),
      );
      backend.release(partial);
      backend.release(filter);
      const tera = (seconds) => Number((flop / seconds / 1e12).toFixed(3));
      rows.push({
        images,
        size,
        channels,
        side,
        edges: 3,
        forward_us: forward * 1e6,
        input_us: back * 1e6,
        filter_us: gradient * 1e6,
        forward_tflops: tera(forward),
        input_tflops: tera(back),
        filter_tflops: tera(gradient),
      });
    }
    for (const buffer of [x, z, dx]) backend.release(buffer);
  }
  return rows;
}

/** Bytes a second of a copy (read plus written), and multiply-adds that touch no memory. */
export async function ceilings(backend, tiny) {
  const bytes = tiny ? 1 << 20 : 1 << 28;
  const [from, to] = [fill(backend, bytes), backend.acquire(bytes)];
  const copied = await timed(backend, () => backend.copy(from, 0, to, 0, bytes));
  const groups = bytes / 16 / 256;
  const copy = {
    storage: ['read', 'write'],
    code: `${declare([
      { name: 'x', type: 'vec4<f32>', access: 'read' },
      { name: 'y', type: 'vec4<f32>', access: 'write' },
    ])}
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) size: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let i = (group.y * size.x + group.x) * 256u + thread;
  y[i] = x[i];
}`,
  };
  const across = Math.min(groups, 32768);
  const shaded = await timed(backend, () =>
    backend.dispatch(
      backend.program('copy ceiling', () => copy),
      [backend.whole(from), backend.whole(to)],
      [across, Math.ceil(groups / across)],
    ),
  );
  const rounds = tiny ? 16 : 512;
  const workgroups = tiny ? 4 : 4096;
  const fma = {
    storage: ['write'],
    code: `${declare([{ name: 'y', type: 'f32', access: 'write' }])}
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  // All sixteen chains differ, or the compiler computes one for several.
  var a = vec4<f32>(f32(id.x)) + vec4<f32>(0.0, 0.1, 0.2, 0.3); var b = a + 1.0; var c = a + 2.0; var d = a + 3.0;
  let k = vec4<f32>(bitcast<f32>(arguments[0].x));
  let m = vec4<f32>(bitcast<f32>(arguments[0].y));
  for (var i = 0; i < ${rounds}; i++) {
    a = fma(a, k, m); b = fma(b, k, m); c = fma(c, k, m); d = fma(d, k, m);
    a = fma(a, k, m); b = fma(b, k, m); c = fma(c, k, m); d = fma(d, k, m);
  }
  let s = a + b + c + d;
  if (s.x + s.y + s.z + s.w == 12345.678) { y[0] = s.y; }
}`,
  };
  const bits = new Uint32Array(Float32Array.of(0.999, 0.001).buffer);
  const multiplied = await timed(backend, () =>
    backend.dispatch(
      backend.program('fma ceiling', () => fma),
      [backend.whole(to)],
      [workgroups],
      [...bits],
    ),
  );
  backend.release(from);
  backend.release(to);
  return {
    copy_gb_per_s: (2 * bytes) / copied / 1e9,
    shader_copy_gb_per_s: (2 * bytes) / shaded / 1e9,
    fma_tflops: (2 * 32 * rounds * 256 * workgroups) / multiplied / 1e12,
  };
}

/** Microseconds of a dispatch that does nothing, on the processor and in all. */
export async function dispatchCost(backend) {
  const y = backend.acquire(1024);
  const nothing = {
    storage: ['write'],
    code: `${declare([{ name: 'y', type: 'f32', access: 'write' }])}
@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) { y[id.x] = f32(arguments[0].x); }`,
  };
  const program = backend.program('dispatch cost', () => nothing);
  const count = 2000;
  const once = async () => {
    const start = performance.now();
    for (let i = 0; i < count; i++) backend.dispatch(program, [backend.whole(y)], [1], [i]);
    const recorded = performance.now() - start;
    backend.submitRecorded();
    await backend.device.queue.onSubmittedWorkDone();
    return { recorded_us: (recorded * 1000) / count, in_all_us: ((performance.now() - start) * 1000) / count };
  };
  await once();
  return once();
}
