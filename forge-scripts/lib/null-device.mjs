/** The GPU backend on Dawn's null backend, which checks all commands, counts them and computes nothing. Needs the package webgpu; no card. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './project.mjs';
import { SetupError } from './report.mjs';

/** Makes it the active backend of the engine that `npm run build` made. */
export async function useNullDevice() {
  const load = (path) => import(pathToFileURL(join(ROOT, 'dist/main', path)).href);
  const dawn = await import('webgpu').catch(() => {
    throw new SetupError('the package webgpu is not installed');
  });
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create(['backend=null']);
  if (globalThis.navigator) Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  else Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  const { GPU, registerGpuBackend } = await load('compute/gpu/register.js');
  const { GpuBackend } = await load('compute/gpu/backend.js');
  const { tf } = await load('compute/tensorflow.js');
  registerGpuBackend(async () => {
    const adapter = await gpu.requestAdapter();
    return new GpuBackend(await adapter.requestDevice(), adapter.info, (message) => new Error(message));
  });
  await tf.setBackend(GPU);
  await tf.ready();
}
