#!/usr/bin/env node
/**
 * Asks what searches say where there is nothing to find: labels are dealt anew at random, another way for each search, and
 * the verdicts of the races are counted.
 *
 *   node forge-scripts/random-labels.mjs DATASET [--searches 20] [--train N] [--val N] [-- options of `medforge search`]
 *
 * `--train` and `--val` take so many images of each part; default: all. Says a line a search, and the count at the end.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './lib/project.mjs';
import { SetupError, main, say } from './lib/report.mjs';
import { setup } from './setup.mjs';

const MOST_OUTPUT = 2 ** 28;

main(async () => {
  const end = process.argv.indexOf('--');
  const own = process.argv.slice(2, end < 0 ? undefined : end);
  const options = end < 0 ? [] : process.argv.slice(end + 1);
  const { values, positionals } = parseArgs({
    args: own,
    allowPositionals: true,
    options: {
      searches: { type: 'string', default: '20' },
      train: { type: 'string' },
      val: { type: 'string' },
    },
  });
  if (positionals.length !== 1) throw new SetupError('name one dataset: node forge-scripts/random-labels.mjs FILE.npz');
  await setup('engine');
  const compiled = (file) => import(join(ROOT, 'dist/main', file));
  const { loadDataset, encodeNpz } = await compiled('datasets/index.js');
  const { createRandom } = await compiled('compute/random.js');
  const dataset = await loadDataset(resolve(positionals[0]));
  const folder = mkdtempSync(join(tmpdir(), 'medforge-random-labels-'));
  const verdicts = [];
  try {
    for (let seed = 1; seed <= Number(values.searches); seed++) {
      const file = join(folder, `labels-${seed}.npz`);
      const counts = { train: values.train, val: values.val };
      writeFileSync(file, Buffer.concat(encodeNpz(withRandomLabels(dataset, counts, createRandom(seed, 'labels')))));
      verdicts.push(search(file, seed, join(folder, `home-${seed}`), options));
      say(`search ${seed}: ${verdicts.at(-1)}`);
      rmSync(file);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const none = verdicts.filter((verdict) => verdict === 'no better than chance').length;
  say(`no better than chance: ${none} of ${verdicts.length}`);
});

/** The arrays of a dataset, fewer of them where it is asked, each image with the labels of another. */
function withRandomLabels({ parts, size, channels }, counts, random) {
  const bytes = size * size * channels;
  const shape = channels === 1 ? [size, size] : [size, size, channels];
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, { images, labels }]) => {
      const count = Math.min(images.count, Number(counts[part] ?? images.count));
      const width = labels.labelsPerImage;
      const order = random.shuffle(Array.from({ length: count }, (_, i) => i));
      const dealt = order.flatMap((from) => [...labels.values.subarray(from * width, (from + 1) * width)]);
      return [
        [
          `${part}_images`,
          { dtype: 'uint8', shape: [count, ...shape], data: images.pixels.subarray(0, count * bytes) },
        ],
        [`${part}_labels`, { dtype: 'uint8', shape: [count, width], data: Uint8Array.from(dealt) }],
      ];
    }),
  );
}

/** @returns the conclusion of the search's race */
function search(file, seed, home, options) {
  const entry = join(ROOT, 'dist/main/cli/medforge.js');
  const command = [entry, 'search', file, '--home', home, '--seed', `${seed}`, '--json', ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', maxBuffer: MOST_OUTPUT });
  if (status !== 0) throw new SetupError(`search ${seed} ended with ${status}: ${stderr.trim()}`);
  const events = stdout.trim().split('\n');
  return JSON.parse(events.at(-1)).verdict.conclusion;
}
