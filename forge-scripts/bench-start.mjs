#!/usr/bin/env node
/**
 * Measures how long the window takes from the start of its process until it shows the first data and answers: with an
 * empty history and with 5,000 finished runs of 50 epochs, 2,000 of them retrainings with a model. The median of several starts each, alternately.
 *
 *   node forge-scripts/bench-start.mjs [--starts 5] [--against FOLDER] [--json]
 *
 * `--against` names another checkout that is set up; its starts alternate with ours, so that a busy machine slows both.
 * Every history is opened once before, so that Chromium's own files are there and all is in the file cache.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { hasDisplay, ROOT_SWITCHES, underVirtualDisplay } from './lib/display.mjs';
import { fillHistory } from './lib/many-runs.mjs';
import { ROOT } from './lib/project.mjs';
import { SetupError, main, say, step } from './lib/report.mjs';
import { setup } from './setup.mjs';

const RUNS = 5000;
const MODELS = 2000;
const EPOCHS = 50;
const ANSWERED = /the window answered ([\d.]+) s after the start/g;
const LONGEST_MILLISECONDS = 60_000;

main(async () => {
  const { values } = parseArgs({
    options: {
      starts: { type: 'string', default: '5' },
      against: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  await setup();
  if (!hasDisplay()) {
    process.exitCode = await underVirtualDisplay(fileURLToPath(import.meta.url));
    return;
  }
  const programs = [await program('this checkout', ROOT)];
  if (values.against !== undefined) programs.push(await program(values.against, resolve(values.against)));

  const folder = mkdtempSync(join(tmpdir(), 'medforge-start-'));
  try {
    const full = join(folder, 'full');
    await step(`making a history of ${RUNS} runs of ${EPOCHS} epochs`, () =>
      fillHistory(full, { runs: RUNS, epochs: EPOCHS, models: MODELS }),
    );
    const series = programs.flatMap((started, index) =>
      [0, RUNS].map((runs) => ({ ...started, runs, home: join(folder, `${index}-${runs}`), seconds: [] })),
    );
    for (const { runs, home } of series) if (runs > 0) cpSync(full, home, { recursive: true });
    for (const one of series) await start(one);
    for (let i = 1; i <= Number(values.starts); i++) {
      for (const one of series) {
        one.seconds.push(await start(one));
        say(`${one.name}, ${one.runs} runs, start ${i}: ${one.seconds.at(-1).toFixed(2)} s`);
      }
    }
    const results = series.map(({ name, runs, seconds }) => ({ name, runs, seconds, median: median(seconds) }));
    if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
    else for (const result of results) process.stdout.write(`${line(result)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** How the program of a checkout is started. */
async function program(name, root) {
  const script = join(root, 'forge-scripts', 'electron-runtime.mjs');
  if (!existsSync(script)) throw new SetupError(`${root} is no checkout of MedForge`);
  const runtime = (await import(pathToFileURL(script).href)).preparedElectron();
  if (!runtime) throw new SetupError(`${root} is not set up: run "npm run setup" there`);
  return { name, root, executable: runtime.executable, args: [...runtime.args, ...ROOT_SWITCHES] };
}

/** Starts the program, waits for its line, ends it. @returns the seconds that it says */
async function start({ root, executable, args, home }) {
  const log = join(home, 'medforge.log');
  const before = answers(log).length;
  const child = spawn(executable, [...args, '--home', home], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = new Promise((done) => child.once('exit', done));
  const given = performance.now() + LONGEST_MILLISECONDS;
  try {
    while (answers(log).length === before) {
      if (child.exitCode !== null || performance.now() > given) {
        throw new SetupError(`the window of ${root} did not answer. It said:\n${output}`);
      }
      await new Promise((done) => setTimeout(done, 100));
    }
  } finally {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  }
  return answers(log).at(-1);
}

function answers(log) {
  if (!existsSync(log)) return [];
  return [...readFileSync(log, 'utf8').matchAll(ANSWERED)].map(([, seconds]) => Number(seconds));
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted.length % 2
    ? sorted[sorted.length >> 1]
    : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
}

function line({ name, runs, seconds, median: middle }) {
  const each = seconds.map((one) => one.toFixed(2)).join(' ');
  return `${name}, ${runs.toLocaleString('en')} runs: median ${middle.toFixed(2)} s of ${seconds.length} (${each})`;
}
