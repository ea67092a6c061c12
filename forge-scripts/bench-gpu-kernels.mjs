#!/usr/bin/env node
/**
 * A training step with the fused kernels of the GPU backend against the same step without them, alternating, with counts. Needs the
 * package webgpu and `npm run build`; a card, lavapipe, or with --null no adapter, where only counts and the processor's time mean anything.
 *
 *   node forge-scripts/bench-gpu-kernels.mjs supernet [--phase 1] [--channels 4] [--cells 1] [--batch 16] [--steps 5] [--null]
 *   node forge-scripts/bench-gpu-kernels.mjs GENOTYPE.json [--channels 16] [--batch 16] [--steps 5] [--null]
 *
 * --ways says what is compared, separated by commas: `fused`; `blocks`, of a discrete network block by block; `plain`, the operations of
 * TensorFlow.js, of which convolution, sums, 2×2 pool and matrix product are shaders of ours; `tensorflow`, all of them its own.
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { useNullDevice } from './lib/null-device.mjs';
import { ROOT } from './lib/project.mjs';
import { randomDataset } from './lib/random-dataset.mjs';
import { SetupError, main, say } from './lib/report.mjs';

const WARM_UP = 2;
/** Which kernels of ours a step goes without. */
const WITHOUT = {
  fused: () => false,
  blocks: (name) => name.startsWith('MedForgeDiscreteNetwork'),
  plain: () => true,
  tensorflow: () => true,
};

main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      phase: { type: 'string', default: '1' },
      channels: { type: 'string' },
      cells: { type: 'string', default: '1' },
      batch: { type: 'string', default: '16' },
      steps: { type: 'string', default: '5' },
      ways: { type: 'string' },
      null: { type: 'boolean', default: false },
    },
  });
  const [what] = positionals;
  if (!what) throw new SetupError('name supernet, or the file of a genotype');
  const discrete = what !== 'supernet';
  const channels = Number(values.channels ?? (discrete ? '16' : '4'));
  const [phase, cells, batch, steps] = ['phase', 'cells', 'batch', 'steps'].map((name) => Number(values[name]));
  if (![channels, phase, cells, batch, steps].every((value) => Number.isInteger(value) && value > 0))
    throw new SetupError('every option takes a whole number above 0');
  const compared = (values.ways ?? (discrete ? 'fused,blocks,plain' : 'fused,plain,tensorflow')).split(',');
  const unknown = compared.find((name) => !(name in WITHOUT));
  if (unknown !== undefined) throw new SetupError(`--ways takes ${Object.keys(WITHOUT).join(', ')}, not ${unknown}`);
  const load = (path) => import(pathToFileURL(join(ROOT, 'dist/main', path)).href);
  const { useBackend } = await load('compute/index.js');
  const device = values.null
    ? (await useNullDevice(), 'the null backend')
    : (await useBackend('webgpu', { threads: 0 })).device;
  const { tf } = await load('compute/tensorflow.js');
  const { GPU } = await load('compute/gpu/register.js');
  const { createRandom } = await load('compute/random.js');

  const trainer = async () => {
    const { readGenotypeFile } = await load('training/genotype-file.js');
    const { planNetwork } = await load('space/network-plan.js');
    const { RECIPE_DEFAULTS } = await load('vocabulary/recipe.js');
    const { Trainer } = await load('training/trainer.js');
    const space = { channels, cells: 3, inputChannels: 1, classes: 2 };
    const count = batch * (steps + WARM_UP + 2);
    const dataset = randomDataset(createRandom(1, 'benchmark'), { count, size: 28, channels: 1, classes: 2 });
    const plan = planNetwork(space, await readGenotypeFile(resolve(what)));
    const learner = Trainer.create(dataset, plan, { ...RECIPE_DEFAULTS, batch }, 1, { validate: false });
    return { step: async () => (await learner.advance()).loss, dispose: () => learner.dispose() };
  };
  const supernet = async () => {
    const { Learner } = await load('search/learner.js');
    const { evenProbabilities, randomBatch } = await load('search/supernet-step.js');
    const learner = Learner.create({ channels, cells, inputChannels: 1, classes: 2 }, createRandom(0, 'benchmark'));
    if (phase === 2) learner.grow();
    const data = randomBatch(batch, 28);
    const options = { learningRate: 0.01, sparse: true };
    return {
      step: async () => (await learner.step(data, evenProbabilities(phase, cells), options)).loss,
      dispose: () => (learner.dispose(), tf.dispose([data.x, data.targets])),
    };
  };

  const { overrides } = await load('compute/gpu/kernels/overrides.js');
  const all = tf.getKernelsForBackend(GPU);
  const own = tf.getKernelsForBackend('webgpu').map((kernel) => ({ ...kernel, backendName: GPU }));
  const choose = (way) => {
    for (const { kernelName } of tf.getKernelsForBackend(GPU)) tf.unregisterKernel(kernelName, GPU);
    const given = all.filter(({ kernelName }) => !(kernelName.startsWith('MedForge') && WITHOUT[way](kernelName)));
    const replaced = way === 'tensorflow' ? own.filter(({ kernelName }) => kernelName in overrides) : [];
    const names = new Set(replaced.map(({ kernelName }) => kernelName));
    for (const kernel of [...given.filter(({ kernelName }) => !names.has(kernelName)), ...replaced])
      tf.registerKernel(kernel);
  };
  const ways = [];
  for (const name of compared)
    ways.push({
      name,
      ...(await (discrete ? trainer() : supernet())),
      ...{ seconds: [], processor: [], loss: 0, counts: {} },
    });
  for (let i = 0; i < WARM_UP + steps; i++) {
    for (const way of ways) {
      choose(way.name);
      const before = tf.backend().statistics();
      const start = performance.now();
      const used = process.cpuUsage();
      way.loss = await way.step();
      const { user, system } = process.cpuUsage(used);
      const after = tf.backend().statistics();
      // What is still in the queue belongs to the step.
      tf.backend().submitRecorded();
      await tf.backend().device.queue.onSubmittedWorkDone();
      way.counts = Object.fromEntries(Object.keys(after).map((key) => [key, after[key] - before[key]]));
      if (i < WARM_UP) continue;
      way.seconds.push((performance.now() - start) / 1000);
      way.processor.push((user + system) / 1000);
    }
  }
  const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
  const [fused] = ways;
  say(`${what}, ${channels} channels, batch ${batch}, on ${device}; ${steps} steps each, alternating`);
  for (const { name, seconds, processor, loss, counts } of ways) {
    say(
      `${name}: ${(1000 * median(seconds)).toFixed(1)} ms a step (median; least ${(1000 * Math.min(...seconds)).toFixed(1)}), ` +
        `${(median(seconds) / median(fused.seconds)).toFixed(2)} of fused; processor ${median(processor).toFixed(1)} ms ` +
        `(least ${Math.min(...processor).toFixed(1)}); ${counts.dispatches} dispatches, ${counts.submissions} submissions, ` +
        `${counts.buffers} new buffers, ${counts.bindGroups} new bind groups, ${(counts.bytesMoved / 1e6).toFixed(0)} MB moved; loss ${loss.toFixed(6)}`,
    );
  }
  for (const way of ways) way.dispose();
  process.exit(0); // Dawn keeps the process alive
});
