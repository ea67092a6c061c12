/// <reference types="@webgpu/types" />
import { UserError } from '../../errors.js';
import type { ActiveBackend } from '../backend.js';
import { adapterInfo, describeAdapter, openAdapter, type AdapterInfo, type OpenedDevice } from '../gpu/adapter.js';
import { activateGpu } from '../gpu/index.js';

const NAME = 'webgpu';

/** The WebGPU of Chromium. @throws Error when the page has none */
function pageGpu(): GPU {
  const { navigator } = globalThis as { readonly navigator?: { readonly gpu?: GPU } };
  if (!navigator?.gpu) throw new Error('WebGPU is switched off in this window');
  return navigator.gpu;
}

/**
 * Opens the card of this page, once, and sends numbers there and back.
 * @throws UserError `backend-unavailable` with the reason and what to do
 */
async function openPageDevice(): Promise<AdapterInfo> {
  let found: AdapterInfo | null = null;
  const open = async (): Promise<OpenedDevice> => {
    const gpu = pageGpu();
    if (!(await gpu.requestAdapter({ powerPreference: 'high-performance' }))) {
      throw new Error(
        "Chromium finds no graphics card that WebGPU can use; install the card's Vulkan, Metal or D3D12 driver",
      );
    }
    const { device, info, fallback } = await openAdapter(gpu);
    found = adapterInfo(info, fallback);
    return { device, info };
  };
  // TensorFlow.js would swallow the reason.
  const opened = open();
  try {
    await opened;
    await activateGpu(() => opened);
    return found!;
  } catch (error) {
    const reason = (error as Error).message.split('\n', 1)[0]!;
    throw new UserError('backend-unavailable', `The ${NAME} backend cannot be used: ${reason}.`, { cause: error });
  }
}

/** Makes the card of this page the active backend. @throws UserError `backend-unavailable` */
export async function usePageGpu(): Promise<ActiveBackend> {
  const device = describeAdapter(await openPageDevice());
  return { name: NAME, device, threads: 1, arithmetic: `${NAME} ${device}` };
}
