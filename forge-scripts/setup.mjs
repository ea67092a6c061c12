#!/usr/bin/env node
/**
 * Brings a clone to the state that the commands need: locked dependencies, native addon, compiled program, window,
 * Electron runtime. Quick when nothing changed. Plain Node: it runs before anything is installed.
 *
 *   node forge-scripts/setup.mjs            everything
 *   node forge-scripts/setup.mjs --engine   what the command line needs (no window, no Electron)
 *   node forge-scripts/setup.mjs --build    compile only (no dependencies, no native build, no Electron)
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { electronRuntime, preparedElectron } from './electron-runtime.mjs';
import { dependenciesMatch, installDependencies } from './lib/dependencies.mjs';
import { withLock } from './lib/lock.mjs';
import { BIN, ROOT } from './lib/project.mjs';
import { SetupError, main, say, step } from './lib/report.mjs';
import { run } from './lib/run.mjs';
import { contentHash, readStamp, writeStamp } from './lib/stamps.mjs';
import { requireSystem } from './lib/system.mjs';

const NODE_MINIMUM = [20, 19];
const NODE_MAJOR = Number(process.versions.node.split('.')[0]);
const SQLITE = 'node_modules/better-sqlite3';
/** Of the runtime, what a compiled addon depends on. */
const platform = `${process.platform}-${process.arch}-${process.versions.modules}`;

/** One stage: what it reads (its stamp), what proves that its result is still there, how it is made. */
const stages = {
  native: {
    inputs: () =>
      contentHash(
        ['src-main/compute/native', 'binding.gyp', 'forge-scripts/build-native.mjs'],
        [platform, contentHash(['node_modules/better-sqlite3/package.json'])],
      ),
    results: [
      'build/Release/medforge_native.node',
      ...(NODE_MAJOR < 22 ? [`${SQLITE}/build/Release/better_sqlite3.node`] : []),
    ],
    make: async () => {
      await requireSystem(['native']);
      await mustRun('building what is native', process.execPath, ['forge-scripts/build-native.mjs']);
    },
  },
  main: {
    inputs: () => contentHash(['src-main', 'tsconfig.json', 'tsconfig.main.json', 'package-lock.json']),
    results: ['dist/main/errors.js'],
    make: () => mustRun('compiling the program', node('tsc'), ['-p', 'tsconfig.main.json']),
  },
  window: {
    inputs: () =>
      contentHash([
        'src-renderer',
        'src-main/ipc',
        'vite.config.ts',
        'forge-scripts/build-renderer.mjs',
        'package-lock.json',
      ]),
    results: ['dist/renderer/index.html', 'dist/preload/preload.cjs'],
    make: () => mustRun('building the window', process.execPath, ['forge-scripts/build-renderer.mjs']),
  },
  compute: {
    inputs: () => contentHash(['src-main', 'forge-scripts/build-compute.mjs', 'package-lock.json']),
    results: ['dist/compute/compute.html', 'dist/compute/compute.js', 'dist/compute/preload.cjs'],
    make: () => mustRun('building the compute page', process.execPath, ['forge-scripts/build-compute.mjs']),
  },
  cluster: {
    inputs: () => contentHash(['src-main', 'forge-scripts/build-cluster.mjs', 'package-lock.json']),
    results: ['dist/cluster/task.mjs'],
    make: () => mustRun('building the program for clusters', process.execPath, ['forge-scripts/build-cluster.mjs']),
  },
};

const scopes = {
  all: ['native', 'main', 'window', 'compute', 'cluster'],
  engine: ['native', 'main', 'cluster'],
  build: ['main', 'window', 'compute', 'cluster'],
};

/** @param {'all' | 'engine' | 'build'} scope */
export async function setup(scope = 'all') {
  checkNode();
  if (upToDate(scope)) return;
  await withLock(async () => {
    if (scope !== 'build' && !dependenciesMatch()) await installDependencies();
    // One file of what is native keeps one core busy for a minute.
    const compiled = scopes[scope].filter((name) => name !== 'native');
    const lanes = [
      scopes[scope].includes('native') ? makeAll(['native']) : null,
      makeAll(compiled),
      scope === 'all' ? electronRuntime() : null,
    ];
    const failed = (await Promise.allSettled(lanes)).find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
    if (scope === 'all') sayVulkan();
  });
}

async function makeAll(names) {
  for (const name of names) {
    const stage = stages[name];
    const inputs = stage.inputs();
    if (isMade(name, inputs)) continue;
    await stage.make();
    writeStamp(name, inputs);
  }
}

/** Tests of the graphics card run on a driver that computes on the processor too; they are left out where there is none. */
function sayVulkan() {
  if (process.platform !== 'linux' || process.env.VK_DRIVER_FILES || hasVulkanDriver()) return;
  say(
    'no Vulkan driver is installed: tests on webgpu are left out. Mesa 25 or newer brings one for every processor; on Debian 12: ' +
      'apt-get install libvulkan1, apt-get install -t bookworm-backports mesa-vulkan-drivers ' +
      '(VK_DRIVER_FILES=…/lvp_icd.json chooses it beside others)',
  );
}

function hasVulkanDriver() {
  return ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'].some(
    (folder) => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.json')),
  );
}

function upToDate(scope) {
  if (scope !== 'build' && !dependenciesMatch()) return false;
  if (!scopes[scope].every((name) => isMade(name, stages[name].inputs()))) return false;
  return scope !== 'all' || preparedElectron() !== null;
}

function isMade(name, inputs) {
  return stages[name].results.every((file) => existsSync(join(ROOT, file))) && readStamp(name) === inputs;
}

async function mustRun(what, command, args) {
  const code = await step(what, () => run(command, args));
  if (code !== 0) throw new SetupError(`${what} failed (exit ${code}); the reason is above`);
}

function node(program) {
  return join(BIN, process.platform === 'win32' ? `${program}.cmd` : program);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor < NODE_MINIMUM[1])) {
    throw new SetupError(
      `Node ${process.versions.node} is too old; MedForge needs Node ${NODE_MINIMUM.join('.')} or newer`,
    );
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(async () => {
    const flags = process.argv.slice(2);
    const unknown = flags.find((flag) => flag !== '--engine' && flag !== '--build');
    if (unknown) throw new SetupError(`setup: unknown option ${unknown}; there are --engine and --build`);
    await setup(flags.includes('--engine') ? 'engine' : flags.includes('--build') ? 'build' : 'all');
  });
}
