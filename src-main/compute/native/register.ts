import '@tensorflow/tfjs-backend-cpu';
import { fusedGradients } from '../gradients/index.js';
import { tf } from '../tensorflow.js';
import { NativeBackend } from './backend.js';
import { loadBinding } from './binding.js';
import { arrayKernels, arrayOverrides } from './kernels/arrays.js';
import { copyOverrides } from './kernels/copies.js';
import { convolutionKernels, convolutionOverrides } from './kernels/convolutions.js';
import type { Kernel } from './kernels/common.js';
import { discreteNetworkKernels } from './kernels/discrete-network.js';
import { checkCellLayout, mixedCellKernels } from './kernels/mixed-cell.js';

export const NATIVE = 'native';

/** Makes the `native` backend known to TensorFlow.js, once. @throws Error when the addon cannot be loaded */
export function registerNativeBackend(): void {
  if (tf.engine().registryFactory[NATIVE]) return;
  const binding = loadBinding();
  checkCellLayout(binding.cellLayout());
  const overrides = { ...convolutionOverrides, ...arrayOverrides, ...copyOverrides };
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend('cpu')) {
    const override = overrides[kernelName];
    tf.registerKernel({
      kernelName,
      backendName: NATIVE,
      kernelFunc: override
        ? (params) => override(params.backend as NativeBackend, params.inputs, params.attrs ?? {}) ?? kernelFunc(params)
        : kernelFunc,
    });
  }
  const own: Record<string, Kernel> = {
    ...mixedCellKernels,
    ...discreteNetworkKernels,
    ...convolutionKernels,
    ...arrayKernels,
  };
  for (const [kernelName, kernel] of Object.entries(own)) {
    tf.registerKernel({
      kernelName,
      backendName: NATIVE,
      kernelFunc: ({ inputs, backend, attrs }) => kernel(backend as NativeBackend, inputs, attrs ?? {}),
    });
  }
  for (const config of fusedGradients) tf.registerGradient(config);
  // Priority 0: never chosen by TensorFlow.js itself.
  tf.registerBackend(NATIVE, () => new NativeBackend(binding), 0);
}
