/** Builds the window: the renderer to dist/renderer, the preload script as one CommonJS file to dist/preload. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';
import { ROOT } from './lib/project.mjs';
import { main } from './lib/report.mjs';

/** A sandboxed preload script can require nothing but Electron, so everything else goes into the one file. */
const preload = {
  configFile: false,
  root: ROOT,
  logLevel: 'warn',
  build: {
    outDir: 'dist/preload',
    emptyOutDir: true,
    target: 'chrome130',
    minify: false,
    lib: { entry: join(ROOT, 'src-main', 'ipc', 'preload.ts'), formats: ['cjs'], fileName: () => 'preload.cjs' },
    rolldownOptions: { external: ['electron'] },
  },
};

/** @param {boolean} watch build again on every change, until the process ends */
export async function buildWindow(watch = false) {
  const renderer = { configFile: join(ROOT, 'vite.config.ts'), logLevel: 'warn' };
  const watching = watch ? { watch: {} } : {};
  await build({ ...preload, build: { ...preload.build, ...watching } });
  await build({ ...renderer, build: { ...watching } });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) main(() => buildWindow(process.argv.includes('--watch')));
