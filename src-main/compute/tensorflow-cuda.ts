import type { ActiveBackend, BackendReport } from './backend.js';
import { firstLine, importOptional } from './optional-module.js';
import { tf } from './tensorflow.js';

const NAME = 'tensorflow';
export const TENSORFLOW_PACKAGE = '@tensorflow/tfjs-node-gpu';
/** It calls a function of Node that version 23 has not. */
const NEWEST_NODE = 22;
const NEEDS = 'Node 20 to 22, an NVIDIA card, CUDA 11.2 and cuDNN 8.1';
const INSTALL = `npm install --no-save ${TENSORFLOW_PACKAGE}@4.22.0`;

/**
 * The package registers its backend under the name `tensorflow` and needs an NVIDIA driver with the CUDA and cuDNN that
 * its README names. `auto` takes it only where it was measured faster. @throws Error with the reason and what to do
 */
async function load(): Promise<void> {
  const { node, electron } = process.versions;
  if (electron || Number(node.split('.')[0]) > NEWEST_NODE) {
    throw new Error(
      `${TENSORFLOW_PACKAGE} works with Node 20 to ${NEWEST_NODE} only, ${electron ? 'not in the window' : `and this is Node ${node}`}; ` +
        'webgpu computes on the same card without CUDA',
    );
  }
  await importOptional(
    TENSORFLOW_PACKAGE,
    `\`${INSTALL}\` on a machine with ${NEEDS}, where its install script may run`,
  );
}

/** @throws Error with the reason and what to do */
export async function useTensorFlow(): Promise<ActiveBackend> {
  await load();
  if (!(await tf.setBackend(NAME))) throw new Error('TensorFlow could not start');
  await tf.ready();
  return { name: NAME, device: 'CUDA', threads: 1, arithmetic: `${NAME} CUDA` };
}

export async function reportTensorFlow(): Promise<BackendReport> {
  try {
    await load();
    return { name: NAME, available: true, device: 'CUDA', reason: null };
  } catch (error) {
    return { name: NAME, available: false, device: 'NVIDIA card', reason: firstLine((error as Error).message) };
  }
}
