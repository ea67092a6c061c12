#!/usr/bin/env node
/**
 * Builds what has to be compiled here: the native compute addon and, on Node < 22, better-sqlite3 (its prebuilt binary
 * needs a newer Node-API). What is up to date is skipped, by a hash over sources and runtime. Needs no install scripts.
 *
 *   node forge-scripts/build-native.mjs [--force]
 */
import { existsSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './lib/project.mjs';
import { SetupError, main, say, step } from './lib/report.mjs';
import { capture } from './lib/run.mjs';
import { contentHash, readStamp, writeStamp } from './lib/stamps.mjs';
import { requireSystem } from './lib/system.mjs';

const runtime = `${process.platform}-${process.arch}-napi${process.versions.napi}`;

const addons = [
  {
    name: 'native compute addon',
    stamp: 'addon',
    folder: '.',
    sources: ['binding.gyp', 'src-main/compute/native/cc', 'node_modules/node-addon-api/package.json'],
    result: 'build/Release/medforge_native.node',
    options: [],
    flags: null,
    needed: () => true,
  },
  {
    name: 'better-sqlite3',
    stamp: 'better-sqlite3',
    folder: 'node_modules/better-sqlite3',
    sources: ['node_modules/better-sqlite3/package.json', 'node_modules/better-sqlite3/binding.gyp'],
    result: 'node_modules/better-sqlite3/build/Release/better_sqlite3.node',
    options: ['--force_build=1'],
    // Its sources ask for a newer Node-API than Node 20 has by number, and use only what Node 20 already offers.
    flags: [
      '-UNAPI_VERSION',
      '-DNAPI_VERSION=2147483647',
      '-DNAPI_EXPERIMENTAL',
      '-DNODE_API_EXPERIMENTAL_NO_WARNING',
      '-DNODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT',
    ].join(' '),
    needed: () => Number(process.versions.node.split('.')[0]) < 22,
  },
];

export async function buildNative({ force = false } = {}) {
  const wanted = addons
    .filter(({ needed }) => needed())
    .map((addon) => ({ ...addon, hash: contentHash(addon.sources, [runtime, addon.flags ?? '']) }));
  const isCurrent = ({ result, stamp, hash }) => existsSync(join(ROOT, result)) && readStamp(stamp) === hash;
  const missing = wanted.filter((addon) => force || !isCurrent(addon));
  for (const addon of wanted) if (!missing.includes(addon)) say(`${addon.name}: up to date`);
  if (missing.length === 0) return;
  await requireSystem(['native']);
  // Most of better-sqlite3 is one file, which keeps one core busy: the other one has time for ours.
  const ends = await Promise.allSettled(
    missing.map(async (addon) => {
      await step(`compiling ${addon.name}`, () => compile(addon));
      writeStamp(addon.stamp, addon.hash);
    }),
  );
  const failed = ends.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
}

async function compile(addon) {
  const gyp = join(ROOT, 'node_modules/node-gyp/bin/node-gyp.js');
  if (!existsSync(gyp)) throw new SetupError('node-gyp is not installed; run `npm ci --ignore-scripts` first');
  const cwd = join(ROOT, addon.folder);
  const environment = { ...process.env };
  if (addon.flags) environment.CXXFLAGS = [process.env.CXXFLAGS, addon.flags].filter(Boolean).join(' ');
  // What was compiled for this runtime before is compiled again only where sources changed, and stays usable meanwhile.
  const known = readStamp(`${addon.stamp}-runtime`) === runtime;
  const steps = known ? ['configure', 'build'] : ['rebuild'];
  const args = [gyp, ...steps, '--release', `--jobs=${availableParallelism()}`, ...headers(), ...addon.options];
  if (!known) rmSync(join(ROOT, addon.result), { force: true });
  const { code, output } = await capture(process.execPath, args, { cwd, env: environment });
  if (code !== 0 || !existsSync(join(ROOT, addon.result))) {
    process.stderr.write(output);
    throw new SetupError(`compiling ${addon.name} failed (exit ${code}); the compiler's output is above`);
  }
  writeStamp(`${addon.stamp}-runtime`, runtime);
  const warnings = output.split('\n').filter((line) => /\bwarning:/.test(line));
  if (addon.folder === '.' && warnings.length > 0) process.stderr.write(`${warnings.join('\n')}\n`);
}

/** Node's own headers, so that nothing is downloaded: those npm is told of, else those installed beside the program. */
function headers() {
  const besideNode = join(dirname(dirname(process.execPath)), 'include', 'node', 'node_api.h');
  if (process.env.npm_config_nodedir) return [`--nodedir=${process.env.npm_config_nodedir}`];
  if (existsSync(besideNode)) return [`--nodedir=${dirname(dirname(process.execPath))}`];
  // npm may know a folder (`nodedir`); without one, node-gyp fetches the headers of this Node version.
  return [];
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(async () => {
    const flags = process.argv.slice(2);
    const unknown = flags.find((flag) => flag !== '--force');
    if (unknown) throw new SetupError(`build-native: unknown option ${unknown}; there is --force`);
    await buildNative({ force: flags.includes('--force') });
  });
}
