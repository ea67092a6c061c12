/** Builds the page that computes on a graphics card into dist/compute: its document, its program and its preload script. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';
import { ROOT } from './lib/project.mjs';
import { main } from './lib/report.mjs';

const SOURCE = join(ROOT, 'src-main', 'compute-page');
const TARGET = join(ROOT, 'dist', 'compute');

/** What a page is not to contain is an error, instead of an empty module that fails when it is used. */
const nothingOfNode = {
  name: 'nothing-of-node',
  enforce: 'pre',
  resolveId(id, importer) {
    if (id.startsWith('node:')) this.error(`${importer} imports ${id}: there is no Node in the compute page`);
  },
};

const common = { configFile: false, root: ROOT, publicDir: false, logLevel: 'error' };
const output = { outDir: TARGET, target: 'chrome130', reportCompressedSize: false };

export async function buildComputePage() {
  await build({
    ...common,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [nothingOfNode],
    build: {
      ...output,
      emptyOutDir: true,
      lib: { entry: join(SOURCE, 'main.ts'), formats: ['es'], fileName: () => 'compute.js' },
      // One script: a page of this kind crashes on a late `import()`.
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  await build({
    ...common,
    build: {
      ...output,
      emptyOutDir: false,
      minify: false,
      lib: { entry: join(SOURCE, 'preload.ts'), formats: ['cjs'], fileName: () => 'preload.cjs' },
      rolldownOptions: { external: ['electron'] },
    },
  });
  copyFileSync(join(SOURCE, 'compute.html'), join(TARGET, 'compute.html'));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) main(buildComputePage);
