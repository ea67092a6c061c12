import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BackendName } from '../vocabulary/backend.js';
import { TENSORFLOW_PACKAGE, reportTensorFlow } from './tensorflow-cuda.js';
import { hardwareAdapter, WEBGPU_PACKAGE } from './webgpu.js';

/** Devices that drivers of graphics cards make on Linux; `dxg` is the one of Windows beneath it. */
const CARD_DEVICES = /^(nvidiactl|nvidia\d+|dxg|renderD\d+|kfd)$/;

/**
 * Whether it is worth a process of its own to look for a graphics card. A look at a folder on Linux; elsewhere every computer has
 * a driver of one.
 * @param folders with the files of devices
 */
export function mayHaveCard(platform: NodeJS.Platform = process.platform, folders = ['/dev', '/dev/dri']): boolean {
  if (platform !== 'linux') return true;
  return folders.some((folder) => {
    try {
      return readdirSync(folder).some((name) => CARD_DEVICES.test(name));
    } catch {
      return false;
    }
  });
}

/**
 * The backends beside `native` that compute on hardware of their own and load in this process: what `auto` may choose. Never one
 * whose adapter is a renderer on the processor.
 */
export async function hardwareBackends(): Promise<BackendName[]> {
  if (!mayHaveCard()) return [];
  const found: BackendName[] = [];
  if (isInstalled(WEBGPU_PACKAGE) && (await hardwareAdapter())) found.push('webgpu');
  if (isInstalled(TENSORFLOW_PACKAGE) && (await reportTensorFlow()).available) found.push('tensorflow');
  return found;
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
