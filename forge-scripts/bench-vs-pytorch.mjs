#!/usr/bin/env node
/**
 * Compares a training step of the engine with the same step in PyTorch: both run alternately on this machine, five times
 * each for either phase, and the ratio of the medians is printed.
 *
 *   node forge-scripts/bench-vs-pytorch.mjs [--reference FILE] [--python PROGRAM] [--batch 32] [--threads 2] [--runs 5] [--json]
 *
 * The reference is `zo_reference.py` (by default ../shared/baseline/zo_reference.py) and needs PyTorch and numpy, on Debian
 * `apt-get install python3-torch python3-numpy`.
 */
import { existsSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './lib/project.mjs';
import { SetupError, main, say } from './lib/report.mjs';
import { capture } from './lib/run.mjs';
import { setup } from './setup.mjs';

main(async () => {
  const { values } = parseArgs({
    options: {
      reference: { type: 'string', default: join(ROOT, '../shared/baseline/zo_reference.py') },
      python: { type: 'string', default: '/usr/bin/python3' },
      batch: { type: 'string', default: '32' },
      threads: { type: 'string', default: '2' },
      runs: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
    },
  });
  const reference = resolve(values.reference);
  if (!existsSync(reference)) throw new SetupError(`no reference at ${reference}; name it with --reference FILE`);
  await requireTorch(values.python);
  await setup('engine');

  const common = ['--batch', values.batch, '--threads', values.threads];
  const results = [];
  for (const phase of ['1', '2']) {
    const speeds = { engine: [], pytorch: [] };
    let engine;
    let pytorch;
    for (let run = 1; run <= Number(values.runs); run++) {
      engine = await json(process.execPath, [
        join(ROOT, 'dist/main/cli/medforge.js'),
        ...['bench', '--json', '--no-kernels', '--phase', phase, ...common],
      ]);
      pytorch = await json(values.python, [reference, 'bench', '--phase', phase, ...common]);
      speeds.engine.push(engine.images_per_s);
      speeds.pytorch.push(pytorch.images_per_s);
      say(
        `phase ${phase}, run ${run}: engine ${engine.images_per_s.toFixed(1)}, ` +
          `PyTorch ${pytorch.images_per_s.toFixed(1)} images/s`,
      );
    }
    const [ours, theirs] = [median(speeds.engine), median(speeds.pytorch)];
    results.push({
      phase: Number(phase),
      batch: Number(values.batch),
      threads: Number(values.threads),
      engine_images_per_s: ours,
      pytorch_images_per_s: theirs,
      ratio: ours / theirs,
      engine_runs: speeds.engine,
      pytorch_runs: speeds.pytorch,
      outside_kernels: engine.outside_kernels,
      instruction_set: engine.instruction_set,
      pytorch: pytorch.engine,
    });
  }
  print(results, values.json);
});

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
      `phase ${result.phase}, batch ${result.batch}, ${result.threads} threads: ` +
        `${result.engine_images_per_s.toFixed(1)} against ${result.pytorch_images_per_s.toFixed(1)} images/s = ` +
        `${result.ratio.toFixed(2)}×`,
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
