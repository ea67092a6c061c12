/**
 * Makes the folder for the day a card is at hand: everything that a machine without Node needs to measure it (Linux, x86-64).
 *
 *   node forge-scripts/gpu-occasion.mjs FOLDER [FILE.npz]
 *   FOLDER/run.sh REPORT.json --images data/FILE.npz --genotype data/breastmnist-small.json
 *
 * A machine without a Vulkan loader needs `libvulkan.so.1` beside its driver.
 */

import { chmodSync, cpSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown'; // comes with vite

const [folder, images] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node forge-scripts/gpu-occasion.mjs FOLDER [FILE.npz]');
  process.exit(2);
}
const root = fileURLToPath(new URL('..', import.meta.url));
const here = (...parts) => join(root, ...parts);
const there = (...parts) => join(folder, ...parts);

const bundle = await rolldown({
  input: here('forge-scripts/gpu-occasion/measure.mjs'),
  platform: 'node',
  external: [/^node:/, 'webgpu', '@tensorflow/tfjs-node-gpu'],
  resolve: { alias: { vitest: here('forge-scripts/gpu-occasion/suite-shim.mjs') } },
});
await bundle.write({ file: there('app/bin/measure.mjs'), format: 'esm', codeSplitting: false });

for (const name of ['index.js', 'package.json', 'dist/linux-x64']) {
  cpSync(here('node_modules/webgpu', name), there('node_modules/webgpu', name), { recursive: true });
}
// Bundled already; what is asked for is whether it is there.
const tensorflow = there('node_modules/@tensorflow/tfjs-backend-webgpu');
mkdirSync(tensorflow, { recursive: true });
writeFileSync(
  join(tensorflow, 'package.json'),
  '{"name":"@tensorflow/tfjs-backend-webgpu","type":"module","main":"index.js"}\n',
);
writeFileSync(join(tensorflow, 'index.js'), 'export {};\n');
cpSync(here('build/Release/medforge_native.node'), there('native.node'));
cpSync(here('resources/medmnist-catalogue.json'), there('resources/medmnist-catalogue.json'));
cpSync(here('docs/genotypes/breastmnist-small.json'), there('data/breastmnist-small.json'));
if (images) cpSync(images, there('data', basename(images)));
cpSync(realpathSync(process.execPath), there('node'));
writeFileSync(
  there('run.sh'),
  '#!/bin/sh\ncd "$(dirname "$0")" || exit\nexport MEDFORGE_NATIVE_ADDON="$PWD/native.node"\nexec ./node app/bin/measure.mjs "$@"\n',
);
chmodSync(there('run.sh'), 0o755);
