/** Builds the program that computes a task on a node of a cluster into dist/cluster: one file for plain Node, without SQLite. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';
import { ROOT } from './lib/project.mjs';
import { main } from './lib/report.mjs';

const SOURCE = join(ROOT, 'src-main', 'executors', 'slurm', 'program', 'main.ts');
const TARGET = join(ROOT, 'dist', 'cluster');

/** Nodes get one file and the compute addon; nothing there writes a history. */
const nothingOfHistory = {
  name: 'nothing-of-history',
  enforce: 'pre',
  resolveId(id, importer) {
    if (/^(better-sqlite3|electron|sharp|onnxruntime-node)$|\/history\/(?!interface)/.test(id)) {
      this.error(`${importer} imports ${id}: nodes of a cluster do not have it`);
    }
  },
};

export async function buildClusterProgram() {
  await build({
    configFile: false,
    root: ROOT,
    publicDir: false,
    logLevel: 'error',
    plugins: [nothingOfHistory],
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: TARGET,
      emptyOutDir: true,
      target: 'node20',
      minify: true,
      reportCompressedSize: false,
      // One file: it is copied to the nodes' folder, and started from there.
      rolldownOptions: { input: SOURCE, output: { codeSplitting: false, entryFileNames: 'task.mjs' } },
    },
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) main(buildClusterProgram);
