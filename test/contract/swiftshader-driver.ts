/**
 * Chooses SwiftShader as the only Vulkan driver of this process: Chromium's renderer on the processor, which lies beside every Electron.
 * To be imported before whatever looks for a graphics card.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Plain JavaScript without types, because it runs before anything is installed. */
const RUNTIME_SCRIPT: string = '../../forge-scripts/electron-runtime.mjs';

async function findDriver(): Promise<string | null> {
  // Elsewhere WebGPU is not Vulkan.
  if (process.platform !== 'linux') return null;
  const { preparedElectron } = (await import(RUNTIME_SCRIPT)) as {
    preparedElectron(): { readonly executable: string } | null;
  };
  const runtime = preparedElectron();
  const file = runtime && join(dirname(runtime.executable), 'vk_swiftshader_icd.json');
  return file !== null && existsSync(file) ? file : null;
}

/** The file that names it to the Vulkan loader; null where Electron is not installed, and where WebGPU is not Vulkan. */
export const SWIFTSHADER = await findDriver();

// A card that was chosen for the other tests is none of this one's. Older loaders know the second name alone.
if (SWIFTSHADER !== null) Object.assign(process.env, { VK_DRIVER_FILES: SWIFTSHADER, VK_ICD_FILENAMES: SWIFTSHADER });
else console.warn('not tested: SwiftShader, as no Electron for Linux is installed');
