import type { ActiveBackend, BackendReport } from './backend.js';
import { firstLine, importOptional } from './optional-module.js';
import { tf } from './tensorflow.js';

const NAME = 'webgpu';
const INSTALL = 'npm install --no-save webgpu@0.4.0 @tensorflow/tfjs-backend-webgpu@4.22.0';

interface Adapter {
  readonly info: { readonly vendor: string; readonly architecture: string; readonly description: string };
  readonly isFallbackAdapter?: boolean;
}

interface Gpu {
  requestAdapter(options?: { powerPreference: 'high-performance' }): Promise<Adapter | null>;
}

/** Dawn outside a browser: the package `webgpu` gives what a page finds as `navigator.gpu`. */
async function openGpu(): Promise<Gpu> {
  // Node 20 and Electron's utility processes have no `navigator`.
  const scope = globalThis as { navigator?: { gpu?: Gpu } };
  if (scope.navigator?.gpu) return scope.navigator.gpu;
  const dawn = (await importOptional('webgpu', `\`${INSTALL}\``)) as {
    create: (options: string[]) => Gpu;
    globals: Record<string, unknown>;
  };
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]);
  Object.defineProperty(scope.navigator ?? globalThis, scope.navigator ? 'gpu' : 'navigator', {
    value: scope.navigator ? gpu : { gpu },
    configurable: true,
  });
  return gpu;
}

/** @throws Error with the reason and what to do */
async function findAdapter(): Promise<Adapter> {
  const gpu = await openGpu();
  await importOptional('@tensorflow/tfjs-backend-webgpu', `\`${INSTALL}\``);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new Error("no graphics card that WebGPU can use was found; install the card's Vulkan, Metal or D3D12 driver");
  }
  return adapter;
}

/** @throws Error with the reason and what to do */
export async function useWebGpu(): Promise<ActiveBackend> {
  const adapter = await findAdapter();
  if (!(await tf.setBackend(NAME))) throw new Error('TensorFlow.js could not start its WebGPU backend on this card');
  await tf.ready();
  return { name: NAME, device: describe(adapter), threads: 1, arithmetic: `${NAME} ${describe(adapter)}` };
}

/** Is there a card that is worth choosing by itself? A renderer that runs on the processor is slower than `native`. */
export async function hasRealGpu(): Promise<boolean> {
  try {
    const adapter = await findAdapter();
    const { vendor, architecture, description } = adapter.info;
    return (
      !adapter.isFallbackAdapter && !/swiftshader|llvmpipe|software/i.test(`${vendor} ${architecture} ${description}`)
    );
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

function describe({ info }: Adapter): string {
  return info.description || [info.vendor, info.architecture].filter(Boolean).join(' ') || 'graphics card';
}
