/** The backends as they are called in the window. */
export const BACKENDS = [
  { value: 'auto', name: 'Automatic' },
  { value: 'native', name: 'CPU (native)' },
  { value: 'webgpu', name: 'GPU (WebGPU)' },
  { value: 'tensorflow', name: 'NVIDIA GPU (CUDA)' },
] as const;
