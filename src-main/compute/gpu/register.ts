import { tf } from '../tensorflow.js';
import { fusedGradients } from '../gradients/index.js';
import type { GpuBackend } from './backend.js';
import { arrayKernels } from './kernels/arrays.js';
import { convolutionKernels } from './kernels/convolution-block.js';
import type { Kernel } from './kernels/common.js';
import { discreteNetworkForward } from './kernels/discrete-network.js';
import { discreteNetworkGradient } from './kernels/discrete-network-gradient.js';
import { mixedCellKernels } from './kernels/mixed-cell.js';
import { overrides } from './kernels/overrides.js';

/** The name under which TensorFlow.js knows the backend; a user says `webgpu`. */
export const GPU = 'gpu';

/** Makes the `gpu` backend known to TensorFlow.js, once. @param open on the first use */
export function registerGpuBackend(open: () => Promise<GpuBackend>): void {
  if (tf.engine().registryFactory[GPU]) return;
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend('webgpu')) {
    const override = overrides[kernelName];
    tf.registerKernel({
      kernelName,
      backendName: GPU,
      kernelFunc: override
        ? (params) => override(params.backend as GpuBackend, params.inputs, params.attrs ?? {}) ?? kernelFunc(params)
        : kernelFunc,
    });
  }
  const own: Record<string, Kernel> = {
    ...mixedCellKernels,
    ...discreteNetworkForward,
    MedForgeDiscreteNetworkGradient: discreteNetworkGradient,
    ...convolutionKernels,
    ...arrayKernels,
  };
  for (const [kernelName, kernel] of Object.entries(own)) {
    tf.registerKernel({
      kernelName,
      backendName: GPU,
      kernelFunc: ({ inputs, backend, attrs }) => kernel(backend as GpuBackend, inputs, attrs ?? {}),
    });
  }
  for (const config of fusedGradients) tf.registerGradient(config);
  // A submission when a value is read, not after a number of dispatches.
  tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', Number.MAX_SAFE_INTEGER);
  // Priority 0: never chosen by TensorFlow.js itself.
  tf.registerBackend(GPU, open, 0);
}
