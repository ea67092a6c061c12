#!/usr/bin/env node
/**
 * Compares training steps of the engine with the same steps in PyTorch: both run alternately on this computer, five times
 * each, and the ratio of the medians is printed.
 *
 *   node forge-scripts/bench-vs-pytorch.mjs [--reference FILE] …            the supernet, either phase
 *   node forge-scripts/bench-vs-pytorch.mjs --network empty|chain|residual … a discrete network, as retraining trains it
 *   node forge-scripts/bench-vs-pytorch.mjs --genotype FILE …               the same of a genotype file
 *
 * Options: [--python PROGRAM] [--batch 32, discrete: 64] [--threads 2] [--runs 5] [--steps 30, discrete only] [--json]
 *
 * The supernet's reference is `zo_reference.py` (by default ../shared/baseline/zo_reference.py); of a discrete network it is
 * lib/retraining_pytorch.py, channels_last. Either needs PyTorch and numpy, on Debian
 * `apt-get install python3-torch python3-numpy`.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './lib/project.mjs';
import { SetupError, main, say } from './lib/report.mjs';
import { capture } from './lib/run.mjs';
import { setup } from './setup.mjs';

/** Discrete networks by name: the operations of each of three stages of one cell, on 1←0, 2←0, 2←1, 3←0, 3←1, 3←2. */
const NETWORKS = {
  empty: ['none', 'none', 'none', 'skip_connect', 'none', 'none'],
  chain: ['conv_3x3', 'skip_connect', 'conv_3x3', 'skip_connect', 'skip_connect', 'conv_3x3'],
  residual: ['conv_3x3', 'none', 'none', 'skip_connect', 'conv_3x3', 'none'],
};

main(async () => {
  const { values } = parseArgs({
    options: {
      reference: { type: 'string', default: join(ROOT, '../shared/baseline/zo_reference.py') },
      network: { type: 'string' },
      genotype: { type: 'string' },
      python: { type: 'string', default: '/usr/bin/python3' },
      batch: { type: 'string' },
      threads: { type: 'string', default: '2' },
      runs: { type: 'string', default: '5' },
      steps: { type: 'string', default: '30' },
      json: { type: 'boolean', default: false },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'medforge-bench-'));
  try {
    const discrete = values.network !== undefined || values.genotype !== undefined;
    const settings = { ...values, batch: values.batch ?? (discrete ? '64' : '32') };
    const cases = discrete ? discreteCases(settings, folder) : supernetCases(settings);
    await requireTorch(values.python);
    await setup('engine');
    const results = [];
    for (const one of cases) results.push(await compare(one, settings));
    print(results, values.json);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function supernetCases({ reference: file, batch, threads, python }) {
  const reference = resolve(file);
  if (!existsSync(reference)) throw new SetupError(`no reference at ${reference}; name it with --reference FILE`);
  const common = ['--batch', batch, '--threads', threads];
  return ['1', '2'].map((phase) => ({
    name: `phase ${phase}`,
    engine: [
      process.execPath,
      join(ROOT, 'dist/main/cli/medforge.js'),
      ...['bench', '--json', '--no-kernels', '--phase', phase, ...common],
    ],
    pytorch: [python, reference, 'bench', '--phase', phase, ...common],
  }));
}

function discreteCases({ network, genotype, batch, threads, steps, python }, folder) {
  if (network !== undefined && genotype !== undefined) throw new SetupError('give --network or --genotype, not both');
  const file = genotype === undefined ? join(folder, 'genotype.json') : resolve(genotype);
  if (network !== undefined) {
    const operations = NETWORKS[network];
    const names = Object.keys(NETWORKS).join(', ');
    if (!operations) throw new SetupError(`no network is called ${network}; there are ${names}, and --genotype FILE`);
    writeFileSync(file, JSON.stringify({ stages: [0, 1, 2].map(() => ({ depth: 1, operations })) }));
  }
  const common = [file, batch, threads, steps];
  return [
    {
      name: network ?? genotype,
      engine: [process.execPath, join(ROOT, 'forge-scripts/lib/retraining-engine.mjs'), ...common],
      pytorch: [python, join(ROOT, 'forge-scripts/lib/retraining_pytorch.py'), ...common],
    },
  ];
}

async function compare({ name, engine: ours, pytorch: theirs }, { batch, threads, runs }) {
  const speeds = { engine: [], pytorch: [] };
  const alone = { engine: [], pytorch: [] };
  let engine;
  let pytorch;
  for (let run = 1; run <= Number(runs); run++) {
    engine = await json(ours[0], ours.slice(1));
    pytorch = await json(theirs[0], theirs.slice(1));
    speeds.engine.push(engine.images_per_s);
    speeds.pytorch.push(pytorch.images_per_s);
    alone.engine.push(engine.images_per_processor_s);
    alone.pytorch.push(pytorch.images_per_processor_s);
    say(
      `${name}, run ${run}: engine ${engine.images_per_s.toFixed(1)}, PyTorch ${pytorch.images_per_s.toFixed(1)} images/s`,
    );
  }
  if (engine.parameters !== pytorch.parameters) {
    throw new SetupError(
      `the engine has ${engine.parameters} parameters and PyTorch ${pytorch.parameters}: not the same network`,
    );
  }
  const [median1, median2] = [median(speeds.engine), median(speeds.pytorch)];
  return {
    name,
    parameters: engine.parameters,
    batch: Number(batch),
    threads: Number(threads),
    engine_images_per_s: median1,
    pytorch_images_per_s: median2,
    ratio: median1 / median2,
    // Where other programs take turns on the processor; of a discrete network only.
    engine_images_per_processor_s: engine.images_per_processor_s && median(alone.engine),
    pytorch_images_per_processor_s: pytorch.images_per_processor_s && median(alone.pytorch),
    engine_runs: speeds.engine,
    pytorch_runs: speeds.pytorch,
    outside_kernels: engine.outside_kernels,
    instruction_set: engine.instruction_set,
    pytorch: pytorch.engine,
  };
}

function print(results, asJson) {
  const machine = {
    processor: cpus()[0]?.model.trim(),
    processors: cpus().length,
    system: `${process.platform} ${release()}`,
    node: process.version,
  };
  if (asJson) {
    console.log(JSON.stringify({ ...machine, results }));
    return;
  }
  const [{ instruction_set: set, pytorch }] = results;
  console.log(`${machine.processor} (${machine.processors} processors, ${set}), ${machine.system}`);
  console.log(
    `MedForge on Node ${machine.node} against ${pytorch}; medians of ${results[0].engine_runs.length} runs each`,
  );
  for (const result of results) {
    console.log(
      `${result.name}, batch ${result.batch}, ${result.threads} threads: ` +
        `${result.engine_images_per_s.toFixed(1)} against ${result.pytorch_images_per_s.toFixed(1)} images/s = ` +
        `${result.ratio.toFixed(2)}×`,
    );
    const [ours, theirs] = [result.engine_images_per_processor_s, result.pytorch_images_per_processor_s];
    if (!ours) continue;
    console.log(
      `  of processor time: ${ours.toFixed(1)} against ${theirs.toFixed(1)} images/s = ${(ours / theirs).toFixed(2)}×`,
    );
  }
}

async function requireTorch(python) {
  const { code } = await capture(python, ['-c', 'import numpy, torch']).catch(() => ({ code: 1 }));
  if (code !== 0) {
    throw new SetupError(
      `${python} has no PyTorch. Install it with\n  apt-get install python3-torch python3-numpy\nor name another one with --python PROGRAM`,
    );
  }
}

/** The last line that a program prints, which is one JSON object. */
async function json(command, args) {
  const { code, output } = await capture(command, args);
  const line = output
    .trim()
    .split('\n')
    .reverse()
    .find((text) => text.startsWith('{'));
  if (code !== 0 || !line) throw new SetupError(`${[command, ...args].join(' ')} failed:\n${output}`);
  return JSON.parse(line);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
