import { UserError } from '../errors.js';
import type { ActiveBackend, BackendReport } from './backend.js';
import type { BackendChoice, BackendName, Engine } from '../vocabulary/backend.js';
import { reportNative, useNative } from './native/index.js';
import { firstLine } from './optional-module.js';
import { reportTensorFlow, useTensorFlow } from './tensorflow-cuda.js';
import { reportWebGpu, useWebGpu } from './webgpu.js';

export type { ActiveBackend, BackendReport } from './backend.js';
export type { BackendChoice, BackendName } from '../vocabulary/backend.js';

/**
 * Makes a backend the active one of TensorFlow.js. `auto` takes `native`: where it may be another one, a run has decided before
 * (`jobs/decide-backend.ts`).
 * @param options.threads of `native`; 0: as many as the machine has processors
 * @throws UserError `backend-unavailable` with the reason and what to do
 */
export async function useBackend(choice: BackendChoice, options: { threads: number }): Promise<ActiveBackend> {
  const chosen: BackendName = choice === 'auto' ? 'native' : choice;
  try {
    if (chosen === 'tensorflow') return await useTensorFlow();
    if (chosen === 'webgpu') return await useWebGpu();
    return await useNative(options.threads);
  } catch (error) {
    const reason = firstLine((error as Error).message);
    throw new UserError('backend-unavailable', `The ${chosen} backend cannot be used: ${reason}.`, { cause: error });
  }
}

/** The backend of an evaluation or an export. @throws UserError as {@link useBackend} */
export function useEngine({ backend = 'auto', threads = 0 }: Engine = {}): Promise<ActiveBackend> {
  return useBackend(backend, { threads });
}

/** Every backend, best first: what it is, whether it loads, and if not why and what to do. */
export async function listBackends(): Promise<BackendReport[]> {
  return [await reportTensorFlow(), await reportWebGpu(), reportNative()];
}
