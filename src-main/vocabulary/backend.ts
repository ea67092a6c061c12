/** The compute backends. */
export type BackendName = 'native' | 'webgpu' | 'tensorflow';
/** `auto`: the best that loads, in the order tensorflow, webgpu, native. */
export type BackendChoice = BackendName | 'auto';
