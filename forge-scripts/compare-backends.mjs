#!/usr/bin/env node
/**
 * How far the losses of a search drift apart between backends, step by step, and what else makes them drift as far: the
 * instruction sets of `native`, and `native` from initial weights that differ in their seventh digit.
 *
 *   node forge-scripts/compare-backends.mjs FILE.npz --report REPORT.json [--backend webgpu]
 *     [--epochs 2] [--channels 4] [--cells 1] [--batch 16] [--seed 1]
 */
import { existsSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ROOT } from './lib/project.mjs';
import { SetupError, main, say } from './lib/report.mjs';
import { setup } from './setup.mjs';

/** Relative size of the change of the initial weights: one to two units in the last place of float32. */
const NOISE = 1e-7;

main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      report: { type: 'string' },
      backend: { type: 'string', default: 'webgpu' },
      epochs: { type: 'string', default: '2' },
      channels: { type: 'string', default: '4' },
      cells: { type: 'string', default: '1' },
      batch: { type: 'string', default: '16' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [file] = positionals;
  if (!file || !values.report) throw new SetupError('usage: compare-backends.mjs FILE.npz --report REPORT.json');
  if (existsSync(values.report)) throw new SetupError(`${values.report} exists already: choose another file`);
  await setup('engine');
  const load = (path) => import(pathToFileURL(`${ROOT}/dist/main/${path}`).href);
  const { useBackend } = await load('compute/index.js');
  const { nativeBackend } = await load('compute/native/index.js');
  const { createRandom } = await load('compute/random.js');
  const { loadDataset } = await load('datasets/medmnist.js');
  const { zoDartsPlusPlus: method } = await load('search/methods/zo-darts-plus-plus/index.js');
  const dataset = await loadDataset(file);
  const { train, val } = dataset.parts;
  const number = (name) => Number(values[name]);
  const problem = {
    dataset: { ...dataset, parts: { train, val } },
    space: {
      channels: number('channels'),
      cells: number('cells'),
      inputChannels: dataset.channels,
      classes: dataset.classes,
    },
    budget: { lower: 0, upper: 10_000_000 },
    epochs: number('epochs'),
    batch: number('batch'),
    seed: number('seed'),
    sparse: true,
  };
  const settings = method.settings.parse({});

  /** The snapshot of a new search whose weights are changed a little. */
  async function moved() {
    const search = await method.open(problem, settings, null);
    const { values: kept, arrays } = await search.snapshot();
    search.dispose();
    const random = createRandom(1, 'noise');
    const changed = Object.entries(arrays).map(([name, array]) => [
      name,
      name.startsWith('net/') && array instanceof Float32Array
        ? array.map((value) => value * (1 + NOISE * random.normal()))
        : array,
    ]);
    return { values: kept, arrays: Object.fromEntries(changed) };
  }

  async function whole(name, saved = null) {
    const search = await method.open(problem, settings, saved);
    const losses = [];
    const epochs = [];
    const start = performance.now();
    try {
      while (!search.finished) {
        const { loss, report } = await search.advance();
        losses.push(loss);
        say(`${name}: step ${losses.length}, loss ${loss.toFixed(6)}`);
        if (report) epochs.push({ loss: report.loss, validationLoss: report.validationLoss });
      }
      const [{ genotype }] = await search.candidates();
      const { tables } = search.trace();
      return { name, losses, epochs, genotype, tables, seconds: (performance.now() - start) / 1000 };
    } finally {
      search.dispose();
    }
  }

  const runs = [];
  await useBackend('native', { threads: 0 });
  const { binding } = nativeBackend();
  const usual = binding.instructionSet();
  runs.push(await whole(`native ${usual}`));
  for (const set of binding.instructionSets().filter((set) => set !== usual)) {
    binding.setInstructionSet(set);
    runs.push(await whole(`native ${set}`));
  }
  binding.setInstructionSet(usual);
  runs.push(await whole(`native ${usual}, weights moved by ${NOISE}`, await moved()));
  const { device } = await useBackend(values.backend, { threads: 0 });
  runs.push(await whole(`${values.backend} (${device})`));

  const [reference] = runs;
  const apart = runs.slice(1).map((run) => {
    const differences = run.losses.map((loss, i) => Math.abs(loss - reference.losses[i]));
    const first = differences.findIndex((difference) => difference > 1e-3);
    return {
      name: run.name,
      largestOfTenSteps: Math.max(...differences.slice(0, 10)),
      largest: Math.max(...differences),
      firstStepAbove1e3: first < 0 ? null : first + 1,
      ofEpochs: run.epochs.map(({ loss }, i) => Math.abs(loss - reference.epochs[i].loss)),
      sameGenotype: JSON.stringify(run.genotype) === JSON.stringify(reference.genotype),
      differences,
    };
  });
  writeFileSync(
    values.report,
    `${JSON.stringify({ file, problem: { ...problem, dataset: dataset.name }, apart, runs }, null, 1)}\n`,
  );
  for (const { name, largestOfTenSteps, largest, firstStepAbove1e3, ofEpochs, sameGenotype } of apart) {
    say(
      `${name}: at most ${largestOfTenSteps.toExponential(1)} in ten steps, ${largest.toExponential(1)} in all ` +
        `(above 1e-3 from step ${firstStepAbove1e3 ?? '–'}), epochs ${ofEpochs.map((d) => d.toExponential(1)).join(', ')}, ` +
        `${sameGenotype ? 'the same' : 'another'} genotype`,
    );
  }
  process.exit(0);
});
