import type { ActiveBackend, BackendReport } from './backend.js';
import type { AdapterInfo } from './gpu/dawn.js';
import { firstLine, importOptional } from './optional-module.js';

const NAME = 'webgpu';
/** Brings WebGPU to Node. */
export const WEBGPU_PACKAGE = 'webgpu';
const TENSORFLOW = '@tensorflow/tfjs-backend-webgpu';
const INSTALL = 'npm install --no-save webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0';

/** @throws Error with the reason and what to do */
async function findAdapter(): Promise<AdapterInfo> {
  if (process.versions['electron']) {
    throw new Error(
      'the window does not compute on a graphics card yet; `medforge --backend webgpu` in a terminal does',
    );
  }
  await importOptional(WEBGPU_PACKAGE, `\`${INSTALL}\``);
  await importOptional(TENSORFLOW, `\`${INSTALL}\``);
  const { tryAdapter } = await import('./gpu/dawn.js');
  return tryAdapter();
}

/** @throws Error with the reason and what to do */
export async function useWebGpu(): Promise<ActiveBackend> {
  const adapter = await findAdapter();
  const { activateGpu } = await import('./gpu/index.js');
  await activateGpu();
  return { name: NAME, device: describe(adapter), threads: 1, arithmetic: `${NAME} ${describe(adapter)}` };
}

/** Whether there is a graphics card that works, not a renderer on the processor. */
export async function hardwareAdapter(): Promise<boolean> {
  try {
    return !(await findAdapter()).software;
  } catch {
    return false;
  }
}

export async function reportWebGpu(): Promise<BackendReport> {
  try {
    return { name: NAME, available: true, device: describe(await findAdapter()), reason: null };
  } catch (error) {
    return { name: NAME, available: false, device: 'graphics card', reason: firstLine((error as Error).message) };
  }
}

function describe({ description, vendor, architecture, software }: AdapterInfo): string {
  const name = description || [vendor, architecture].filter(Boolean).join(' ') || 'graphics card';
  return software ? `${name} (computes on the processor, slower than native)` : name;
}
