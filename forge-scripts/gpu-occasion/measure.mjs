/**
 * What is measured on the day a card is at hand, in one file for a machine that has nothing but Node: contract suite, training
 * steps, ceilings, a search against `native`. Writes REPORT after every section, so that what is measured stays when time ends.
 *
 *   node measure.mjs REPORT [--seconds 200] [--images FILE.npz] [--only section,section]
 */

import '../../test/contract/fused-kernels.test.ts';
import '../../test/contract/standard-kernels.test.ts';
import '../../test/contract/discrete-network.test.ts';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { gpuBackend } from '../../src-main/compute/gpu/index.ts';
import { ceilings, dispatchCost } from '../../src-main/compute/gpu/rates.ts';
import { GPU } from '../../src-main/compute/gpu/register.ts';
import { listBackends, useBackend } from '../../src-main/compute/index.ts';
import { tf } from '../../src-main/compute/tensorflow.ts';
import { loadDataset } from '../../src-main/datasets/medmnist.ts';
import { zoDartsPlusPlus } from '../../src-main/search/methods/zo-darts-plus-plus/index.ts';
import { difference, median, timeSupernetStep } from '../../src-main/search/supernet-step.ts';
import { planNetwork } from '../../src-main/space/network-plan.ts';
import { recipeFor } from '../../src-main/training/recipe-defaults.ts';
import { Trainer } from '../../src-main/training/trainer.ts';
import { kernelRates } from './rates.mjs';
import { runSuite } from './suite-shim.mjs';

const [report, ...flags] = process.argv.slice(2);
const option = (name, fallback) => (flags.includes(name) ? flags[flags.indexOf(name) + 1] : fallback);
const deadline = performance.now() + 1000 * Number(option('--seconds', '200'));
const only = option('--only', null)?.split(',');
const tiny = flags.includes('--tiny');
const images = option('--images', null);
const genotype = option('--genotype', null);

const result = {
  date: new Date().toISOString(),
  node: process.version,
  processor: cpus()[0]?.model,
  processors: cpus().length,
  tiny,
};
const left = () => (deadline - performance.now()) / 1000;

async function section(name, most, work) {
  if (only && !only.includes(name)) return;
  if (left() < 5) {
    result[name] = { skipped: 'no time left' };
    return;
  }
  const start = performance.now();
  try {
    result[name] = await work(performance.now() + 1000 * Math.min(most, left()));
  } catch (error) {
    result[name] = { failed: String(error?.stack ?? error).slice(0, 2000) };
  }
  const seconds = (performance.now() - start) / 1000;
  process.stderr.write(`${name}: ${seconds.toFixed(1)} s\n`);
  if (result[name] && typeof result[name] === 'object') result[name].seconds ??= seconds;
  writeFileSync(report, `${JSON.stringify(result, null, 1)}\n`);
}

/** Seconds and counts of a dense step of the supernet on the active backend. */
function supernetStep({ steps, until, ...shape }) {
  const gpu = tf.getBackend() === GPU ? gpuBackend() : null;
  return timeSupernetStep(shape, { steps, until, ...(gpu && { statistics: () => ({ ...gpu.statistics() }) }) });
}

/** Losses of a short search, and how long its epochs take. */
async function search(dataset, { channels, cells, batch, epochs, until, settings }) {
  const { train, val } = dataset.parts;
  const space = { channels, cells, inputChannels: dataset.channels, classes: dataset.classes };
  const problem = {
    dataset: { ...dataset, parts: { train, val } },
    space,
    budget: { lower: 0, upper: 10_000_000 },
    epochs,
    batch,
    seed: 1,
    sparse: true,
  };
  const run = await zoDartsPlusPlus.open(problem, zoDartsPlusPlus.settings.parse(settings), null);
  const losses = [];
  const seconds = [];
  let start = performance.now();
  const begin = start;
  let steps = 0;
  while (!run.finished && performance.now() < until) {
    const { loss, report } = await run.advance();
    steps++;
    losses.push(loss);
    if (report) {
      seconds.push((performance.now() - start) / 1000);
      start = performance.now();
    }
  }
  const outcome = {
    finished: run.finished,
    epochs: run.epoch,
    of: epochs,
    steps,
    total_s: (performance.now() - begin) / 1000,
    epoch_s: seconds.map((s) => Number(s.toFixed(3))),
    losses: losses.slice(0, 400),
    last: losses.slice(-5),
  };
  run.dispose();
  return outcome;
}

/** Steps of a retraining. */
async function training(dataset, plan, batch, until) {
  const recipe = { ...recipeFor(dataset.parts.train.images.count, 10), batch };
  const trainer = Trainer.create(dataset, plan, recipe, 1, { validate: false });
  const times = [];
  const losses = [];
  const gpu = tf.getBackend() === GPU ? gpuBackend() : null;
  let counts = null;
  for (let i = 0; i < 14; i++) {
    if (i > 4 && performance.now() > until) break;
    const before = gpu?.statistics();
    const start = performance.now();
    const { loss } = await trainer.advance();
    losses.push(loss);
    if (i > 2) times.push((performance.now() - start) / 1000);
    if (gpu) {
      counts = difference(gpu.statistics(), before);
    }
  }
  trainer.dispose();
  const step = median(times);
  return { batch, step_s: step, images_per_s: batch / step, losses, counts };
}

function ofSystem(command, ...args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

tf.env().set('PROD', true);
const gpuThere = async () => useBackend('webgpu', { threads: 0 });

await section('machine', 20, async () => {
  const backends = await listBackends();
  const active = await gpuThere();
  const { device } = gpuBackend();
  const limits = {};
  for (const name of [
    'maxStorageBuffersPerShaderStage',
    'maxBufferSize',
    'maxStorageBufferBindingSize',
    'maxComputeWorkgroupStorageSize',
    'maxComputeInvocationsPerWorkgroup',
  ])
    limits[name] = device.limits[name];
  return {
    backends,
    active,
    limits,
    features: [...device.features],
    nvidia: ofSystem('nvidia-smi', '--query-gpu=name,driver_version,memory.total,clocks.sm,clocks.mem', '--format=csv'),
  };
});
await section('contract', Number(option('--contract', '60')), async (until) =>
  runSuite(
    (group) => group.startsWith('webgpu'),
    until,
    flags.includes('--loud') ? (name, ms) => process.stderr.write(`${ms.toFixed(0)} ms ${name}\n`) : undefined,
  ),
);
const shapes = tiny ? { channels: 4, cells: 1, size: 8 } : { channels: 16, cells: 3, size: 28 };
const batches = tiny ? [4] : [32, 128, 512];
for (const phase of [1, 2]) {
  for (const batch of batches) {
    await section(`step_phase${phase}_batch${batch}`, 20, async (until) => {
      await gpuThere();
      return supernetStep({ phase, batch, ...shapes, steps: 20, until });
    });
  }
}
await section('same_bits', 10, async (until) => {
  await gpuThere();
  const small = { phase: 2, batch: tiny ? 4 : 32, ...shapes, steps: 4, until };
  const [first, second] = [await supernetStep(small), await supernetStep(small)];
  return { same: Object.is(first.loss, second.loss), losses: [first.loss, second.loss] };
});
await section('rates', 20, async () => {
  await gpuThere();
  return {
    kernels: await kernelRates(gpuBackend(), tiny),
    ceilings: await ceilings(gpuBackend(), tiny),
    dispatch: await dispatchCost(gpuBackend()),
  };
});
if (images) {
  const dataset = await loadDataset(images);
  await section('search_small', 60, async (until) => {
    const settings = { channels: 4, cells: 1, batch: 16, epochs: 2, until, settings: {} };
    await gpuThere();
    const gpu = await search(dataset, settings);
    await useBackend('native', { threads: 0 });
    const native = await search(dataset, settings);
    const difference = Math.max(...gpu.losses.map((loss, i) => Math.abs(loss - native.losses[i])));
    return { largest_difference_of_a_loss: difference, gpu, native };
  });
  if (genotype) {
    const plan = planNetwork(
      { channels: 16, cells: 3, inputChannels: dataset.channels, classes: dataset.classes },
      JSON.parse(readFileSync(genotype, 'utf8')),
    );
    await section('training', 40, async (until) => {
      const table = [];
      for (const batch of tiny ? [8] : [32, 128, 512]) {
        await gpuThere();
        const gpu = await training(dataset, plan, batch, until);
        await useBackend('native', { threads: 0 });
        table.push({ gpu, native: await training(dataset, plan, batch, until) });
      }
      return { table };
    });
  }
  if (!tiny) {
    await section('step_native', 40, async (until) => {
      await useBackend('native', { threads: 0 });
      const table = {};
      for (const phase of [1, 2]) {
        for (const batch of batches) {
          table[`phase${phase}_batch${batch}`] = await supernetStep({ phase, batch, ...shapes, steps: 4, until });
        }
      }
      return table;
    });
    await section('search_full', Number(option('--search', '90')), async (until) => {
      const settings = { channels: 16, cells: 3, batch: 16, epochs: 50, settings: {} };
      await gpuThere();
      return {
        gpu: await search(dataset, { ...settings, until: until - 15_000 }),
        native: (await useBackend('native', { threads: 0 })) && (await search(dataset, { ...settings, until })),
      };
    });
  }
}
await section('composition', 30, async (until) => {
  await gpuThere();
  for (const { kernelName } of tf.getKernelsForBackend(GPU))
    if (kernelName.startsWith('MedForge')) tf.unregisterKernel(kernelName, GPU);
  return supernetStep({ phase: 1, batch: batches[0], ...shapes, steps: 3, until });
});
process.exit(0);
