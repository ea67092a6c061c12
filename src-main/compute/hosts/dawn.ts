/// <reference types="@webgpu/types" />
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { adapterInfo, openAdapter, type AdapterInfo, type OpenedDevice } from '../gpu/adapter.js';

/** The package that brings WebGPU to Node: Dawn, the implementation of Chromium. */
export const DAWN = 'webgpu';

/** What a trial in a process of its own found; a driver that crashes takes only that one along. */
type Trial = { readonly adapter: AdapterInfo } | { readonly reason: string };

/** Finds a card, and sends as many numbers there and back as show that memory arrives. */
const TRIAL = `
const { create, globals } = await import(process.argv[1]);
Object.assign(globalThis, globals);
const say = (result) => { process.stdout.write(JSON.stringify(result)); process.exit(0); };
const gpu = create([]);
const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
if (!adapter) say({ reason: '' });
const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
const device = await adapter.requestDevice();
let fault = '';
device.addEventListener('uncapturederror', (event) => { fault ||= event.error.message; });
const sent = Float32Array.from({ length: 4096 }, (_, i) => i * 0.5 - 7);
const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
const there = device.createBuffer({ size: sent.byteLength, usage });
const back = device.createBuffer({ size: sent.byteLength, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
device.queue.writeBuffer(there, 0, sent);
const encoder = device.createCommandEncoder();
encoder.copyBufferToBuffer(there, 0, back, 0, sent.byteLength);
device.queue.submit([encoder.finish()]);
await back.mapAsync(GPUMapMode.READ);
const got = new Float32Array(back.getMappedRange());
const same = sent.every((value, i) => value === got[i]);
if (fault || !same) say({ reason: 'its driver loses data' + (fault && ': ' + fault) });
say({ adapter: { vendor, architecture, description, software: Boolean(isFallbackAdapter) } });
`;

let trial: Promise<Trial> | null = null;

/** Tries the graphics card, once a process. @throws Error with the reason and what to do */
export async function tryAdapter(): Promise<AdapterInfo> {
  const found = await (trial ??= runTrial());
  if ('reason' in found) throw new Error(found.reason);
  return found.adapter;
}

function runTrial(): Promise<Trial> {
  const url = pathToFileURL(createRequire(import.meta.url).resolve(DAWN)).href;
  const args = ['--input-type=module', '-e', TRIAL, url];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: 30_000, windowsHide: true }, (error, stdout, stderr) => {
      try {
        const result = JSON.parse(stdout) as Trial;
        if ('adapter' in result) {
          resolve({ adapter: adapterInfo(result.adapter, result.adapter.software) });
        } else resolve({ reason: result.reason || withoutCard(reasonOf(stderr)) });
      } catch {
        resolve({ reason: withoutCard(reasonOf(stderr) || `the trial of it ended: ${error?.message ?? 'no answer'}`) });
      }
    });
  });
}

const withoutCard = (reason: string): string =>
  `no graphics card that WebGPU can use was found${reason && ` (${reason})`}; install the card's Vulkan, Metal or D3D12 driver`;

/** What Dawn wrote on its way, without its remarks about limits. */
export function reasonOf(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => /^(warning|error):/i.test(line) && !line.includes('artificially reduced'));
  return (telling[0] ?? '').replace(/^\w+: */, '').replace(/\.$/, '');
}

/** The card of this process. @throws Error when there is none */
export async function openDevice(): Promise<OpenedDevice> {
  const scope = globalThis as { navigator?: { gpu?: GPU } };
  let gpu = scope.navigator?.gpu;
  if (!gpu) {
    const dawn = (await import(DAWN)) as { create: (options: string[]) => GPU; globals: Record<string, unknown> };
    Object.assign(globalThis, dawn.globals);
    gpu = dawn.create([]);
    // TensorFlow.js asks for `navigator.gpu`; Node 20 has no `navigator`.
    Object.defineProperty(scope.navigator ?? globalThis, scope.navigator ? 'gpu' : 'navigator', {
      value: scope.navigator ? gpu : { gpu },
      configurable: true,
    });
  }
  return openAdapter(gpu);
}
