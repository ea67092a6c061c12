#!/usr/bin/env node
/**
 * Times retraining steps of the engine: batches out of random images, augmentation, mixing, network, update, moving average.
 * Prints one JSON object. bench-vs-pytorch.mjs runs it.
 *
 *   node forge-scripts/lib/retraining-engine.mjs GENOTYPE-FILE BATCH THREADS STEPS
 */
import { join } from 'node:path';
import { ROOT } from './project.mjs';
import { randomDataset } from './random-dataset.mjs';

const [file, batch, threads, steps] = process.argv.slice(2);
const load = (path) => import(join(ROOT, 'dist/main', path));
const { useBackend } = await load('compute/index.js');
const { nativeBackend } = await load('compute/native/index.js');
const { createRandom } = await load('compute/random.js');
const { planNetwork } = await load('space/network-plan.js');
const { countParameters } = await load('space/parameter-count.js');
const { readGenotypeFile } = await load('training/genotype-file.js');
const { RECIPE_DEFAULTS } = await load('vocabulary/recipe.js');
const { Trainer } = await load('training/trainer.js');

const space = { channels: 16, cells: 3, inputChannels: 3, classes: 8 };
const dataset = randomDataset(createRandom(1, 'benchmark'), {
  count: 32 * Number(batch),
  size: 28,
  channels: space.inputChannels,
  classes: space.classes,
});

await useBackend('native', { threads: Number(threads) });
const genotype = await readGenotypeFile(file);
const trainer = Trainer.create(dataset, planNetwork(space, genotype), { ...RECIPE_DEFAULTS, batch: Number(batch) }, 1);
const seconds = [];
const processor = [];
while (seconds.length < Number(steps) + 3) {
  const start = performance.now();
  const before = process.cpuUsage();
  const { report } = await trainer.advance();
  if (report) continue;
  const { user, system } = process.cpuUsage(before);
  processor.push((user + system) / 1e6);
  seconds.push((performance.now() - start) / 1000);
}
const median = (values) => values.slice(3).sort((a, b) => a - b)[(values.length - 3) >> 1];
console.log(
  JSON.stringify({
    images_per_s: Number(batch) / median(seconds),
    images_per_processor_s: Number(batch) / median(processor),
    parameters: countParameters(space, genotype),
    instruction_set: nativeBackend().binding.instructionSet(),
  }),
);
