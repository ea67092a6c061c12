import type { ActiveBackend, BackendReport } from './backend.js';
import { describeAdapter, type AdapterInfo } from './gpu/adapter.js';
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
      'this part of the window does not compute on a graphics card: searches and retrainings do, in a page of their own',
    );
  }
  await importOptional(WEBGPU_PACKAGE, `\`${INSTALL}\``);
  await importOptional(TENSORFLOW, `\`${INSTALL}\``);
  const { tryAdapter } = await import('./hosts/dawn.js');
  return tryAdapter();
}

/** @throws Error with the reason and what to do */
export async function useWebGpu(): Promise<ActiveBackend> {
  const adapter = await findAdapter();
  const { activateGpu } = await import('./gpu/index.js');
  const { openDevice } = await import('./hosts/dawn.js');
  await activateGpu(openDevice);
  return {
    name: NAME,
    device: describeAdapter(adapter),
    threads: 1,
    arithmetic: `${NAME} ${describeAdapter(adapter)}`,
  };
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
    return { name: NAME, available: true, device: describeAdapter(await findAdapter()), reason: null };
  } catch (error) {
    return { name: NAME, available: false, device: 'graphics card', reason: firstLine((error as Error).message) };
  }
}
