import { cpus } from 'node:os';
import type { ActiveBackend, BackendReport } from '../backend.js';
import { tf } from '../tensorflow.js';
import type { NativeBackend } from './backend.js';
import { loadBinding } from './binding.js';
import { NATIVE, registerNativeBackend } from './register.js';

/** Makes `native` the active backend. @param threads 0: as many as the machine has processors */
export async function useNative(threads: number): Promise<ActiveBackend> {
  registerNativeBackend();
  loadBinding().setThreads(threads);
  await tf.setBackend(NATIVE);
  await tf.ready();
  const arithmetic = `${NATIVE} ${loadBinding().instructionSet()}`;
  return { name: NATIVE, device: device(), threads: loadBinding().threads(), arithmetic };
}

export function reportNative(): BackendReport {
  const name = NATIVE;
  try {
    loadBinding();
    return { name, available: true, device: `${device()}, ${String(loadBinding().threads())} threads`, reason: null };
  } catch (error) {
    return { name, available: false, device: processor(), reason: (error as Error).message };
  }
}

/** The backend object, for tests and benchmarks. @throws Error unless `native` is active */
export function nativeBackend(): NativeBackend {
  if (tf.getBackend() !== NATIVE) throw new Error(`the active backend is ${tf.getBackend()}, not ${NATIVE}`);
  return tf.backend() as NativeBackend;
}

function device(): string {
  return `${processor()}, ${loadBinding().instructionSet()}`;
}

function processor(): string {
  return cpus()[0]?.model.trim() ?? process.arch;
}
