#!/usr/bin/env node
/**
 * Measures whether the memory of the main process and of the page stays level while a search is watched: a search on the
 * demo dataset with its live view open, both processes read every half minute.
 *
 *   node forge-scripts/bench-memory.mjs [--minutes 60] [--threads 1] [--json]
 *
 * Prints one line a sample, then the mean of every sixth of the time and the slope of a straight line through all samples
 * after the first tenth. Memory is what a process alone has written (private dirty pages: not the program's own file, which
 * the system reads piece by piece and can drop), in MiB; Linux only.
 */
/* global window, document -- in what runs in the page */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { preparedElectron } from './electron-runtime.mjs';
import { hasDisplay, underVirtualDisplay } from './lib/display.mjs';
import { launchArguments } from './lib/playwright-electron.mjs';
import { SetupError, main, say } from './lib/report.mjs';
import { setup } from './setup.mjs';

const SAMPLE_MILLISECONDS = 30_000;
const PARTS = 6;
const SHORTEST_MINUTES = 3;

main(async () => {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '60' },
      threads: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  if (!(Number(values.minutes) >= SHORTEST_MINUTES)) {
    throw new SetupError(`--minutes must be ${SHORTEST_MINUTES} or more, saw ${values.minutes}: less shows no trend`);
  }
  if (!existsSync('/proc/self/smaps_rollup'))
    throw new SetupError('the memory of a process is read from /proc: Linux only');
  await setup();
  if (!hasDisplay()) {
    process.exitCode = await underVirtualDisplay(fileURLToPath(import.meta.url));
    return;
  }
  const runtime = preparedElectron();
  const { _electron } = await import('@playwright/test');
  const home = mkdtempSync(join(tmpdir(), 'medforge-memory-'));
  const electron = await _electron.launch({
    executablePath: runtime.executable,
    args: launchArguments(runtime),
    env: { ...process.env, MEDFORGE_HOME: home },
  });
  try {
    const page = await electron.firstWindow();
    const samples = await watch(electron, page, { minutes: Number(values.minutes), threads: Number(values.threads) });
    report(samples, values.json);
  } finally {
    await electron
      .evaluate(({ dialog }) => {
        dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false });
      })
      .catch(() => undefined);
    await electron.close();
    rmSync(home, { recursive: true, force: true });
  }
});

/** Starts the search, opens its live view and reads both processes until the time is over. */
async function watch(electron, page, { minutes, threads }) {
  await page.getByRole('navigation').waitFor();
  await page.evaluate(async (threads) => {
    const dataset = await window.medforge.invoke('datasets:demo');
    await window.medforge.invoke('search:start', {
      dataset: dataset.id,
      budget: { lower: 20_000, upper: 60_000 },
      epochs: 10_000,
      batch: 32,
      channels: 4,
      cells: 1,
      seed: 1,
      backend: 'native',
      threads,
      method: 'zo-darts++',
      settings: {},
      name: 'An hour',
    });
  }, threads);
  await page.getByRole('button', { name: 'Open the current run: An hour' }).click();
  const pids = await electron.evaluate(({ app }) =>
    Object.fromEntries(
      app
        .getAppMetrics()
        .filter(({ type }) => type === 'Browser' || type === 'Tab')
        .map(({ type, pid }) => [type === 'Browser' ? 'main' : 'page', pid]),
    ),
  );
  const begin = performance.now();
  const samples = [];
  for (let next = 0; next <= minutes * 60_000; next += SAMPLE_MILLISECONDS) {
    await new Promise((done) => setTimeout(done, Math.max(0, begin + next - performance.now())));
    // Read from the picture: asking for the run's details would cost the very memory that is measured.
    const epoch = await page.evaluate(() =>
      Number(/\d+/.exec(document.querySelector('[role=progressbar][aria-label^="Epoch "]').ariaLabel)[0]),
    );
    const sample = {
      minute: (performance.now() - begin) / 60_000,
      epoch,
      main: mebibytes(pids.main),
      page: mebibytes(pids.page),
    };
    samples.push(sample);
    say(line(sample));
  }
  return samples;
}

/** Private dirty pages, MiB. */
function mebibytes(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Private_Dirty:\s+(\d+) kB/m.exec(text)[1]) / 1024;
}

function line({ minute, epoch, main, page }) {
  return `${minute.toFixed(1)} min, epoch ${epoch}: main ${main.toFixed(1)} MiB, page ${page.toFixed(1)} MiB`;
}

function report(samples, json) {
  const settled = samples.slice(Math.ceil(samples.length / 10));
  const parts = Array.from({ length: PARTS }, (_, part) => {
    const of = samples.slice((part * samples.length) / PARTS, ((part + 1) * samples.length) / PARTS);
    return { main: mean(of, 'main'), page: mean(of, 'page'), epoch: of.at(-1).epoch };
  });
  const slope = { main: slopeOf(settled, 'main'), page: slopeOf(settled, 'page') };
  if (json) {
    process.stdout.write(`${JSON.stringify({ samples, parts, mebibytesPerHour: slope }, null, 2)}\n`);
    return;
  }
  for (const [index, { main, page, epoch }] of parts.entries()) {
    process.stdout.write(
      `part ${index + 1} of ${PARTS}, to epoch ${epoch}: main ${main.toFixed(1)} MiB, page ${page.toFixed(1)} MiB\n`,
    );
  }
  process.stdout.write(`slope: main ${slope.main.toFixed(1)} MiB an hour, page ${slope.page.toFixed(1)} MiB an hour\n`);
}

function mean(samples, name) {
  return samples.reduce((sum, sample) => sum + sample[name], 0) / samples.length;
}

/** Least squares, MiB an hour. */
function slopeOf(samples, name) {
  const minute = mean(samples, 'minute');
  const middle = mean(samples, name);
  const covariance = samples.reduce((sum, one) => sum + (one.minute - minute) * (one[name] - middle), 0);
  const variance = samples.reduce((sum, one) => sum + (one.minute - minute) ** 2, 0);
  return (60 * covariance) / variance;
}
