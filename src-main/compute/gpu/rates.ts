/** What the card itself can do. */

import type { GpuBackend } from './backend.js';
import { declare, type Shader } from './program.js';

/** Seconds that a piece of work takes on the card: many of it, less the way there and back. */
export async function timed(backend: GpuBackend, record: () => void, least = 0.02): Promise<number> {
  const finish = async (): Promise<void> => {
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

/** A buffer of so many bytes of numbers between −0.5 and 0.5. */
export function filled(backend: GpuBackend, bytes: number): GPUBuffer {
  const buffer = backend.acquire(bytes);
  const values = Float32Array.from(
    { length: Math.min(bytes / 4, 1 << 20) },
    (_, i) => ((i * 7919) % 1013) / 1013 - 0.5,
  );
  for (let at = 0; at < bytes; at += values.byteLength)
    backend.queue.writeBuffer(buffer, at, values.buffer, 0, Math.min(values.byteLength, bytes - at));
  return buffer;
}

export interface Ceilings {
  /** Of the copy command, and of a shader that copies: read plus written. */
  readonly copy_gb_per_s: number;
  readonly shader_copy_gb_per_s: number;
  readonly fma_tflops: number;
}

/**
 * Bytes a second of a copy, and multiply-adds that touch no memory.
 * @param small for renderers on the processor: little of both
 */
export async function ceilings(backend: GpuBackend, small: boolean): Promise<Ceilings> {
  const bytes = small ? 1 << 20 : 1 << 28;
  const from = filled(backend, bytes);
  const to = backend.acquire(bytes);
  const copied = await timed(backend, () => backend.copy(from, 0, to, 0, bytes));
  const groups = bytes / 16 / 256;
  const copy: Shader = {
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
  const rounds = small ? 16 : 512;
  const workgroups = small ? 4 : 4096;
  const fma: Shader = {
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

export interface DispatchCost {
  readonly recorded_us: number;
  readonly in_all_us: number;
}

/** Microseconds of a dispatch that does nothing, on the processor and in all. */
export async function dispatchCost(backend: GpuBackend): Promise<DispatchCost> {
  const y = backend.acquire(1024);
  const nothing: Shader = {
    storage: ['write'],
    code: `${declare([{ name: 'y', type: 'f32', access: 'write' }])}
@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) { y[id.x] = f32(arguments[0].x); }`,
  };
  const program = backend.program('dispatch cost', () => nothing);
  const count = 2000;
  const once = async (): Promise<DispatchCost> => {
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
