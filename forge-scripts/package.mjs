#!/usr/bin/env node
/**
 * `npm run package`: the program as users install it, under out/. Made with the official Electron only: the download of
 * the `electron` package, or the unpacked distribution that ELECTRON_DIST names. What follows `--` goes to electron-builder;
 * `npm run package -- --linux dir` makes a folder to run from and needs no further packaging tools.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { officialDistribution } from './electron-runtime.mjs';
import { ROOT } from './lib/project.mjs';
import { SetupError, main, say } from './lib/report.mjs';
import { run } from './lib/run.mjs';
import { setup } from './setup.mjs';

/** Not in the lock file: three hundred packages, for those alone who make packages. */
const BUILDER = 'electron-builder@26.17.0';

main(async () => {
  await setup('engine');
  await setup('build');
  const folder = await distribution();
  const version = readFileSync(join(folder, 'version'), 'utf8').trim();
  say(
    version === wanted()
      ? `packaging with Electron ${version} in ${folder}`
      : `packaging with Electron ${version} in ${folder}, not the tested ${wanted()}: not for users`,
  );
  process.exitCode = await run('npx', [
    '--yes',
    BUILDER,
    `--config.electronDist=${folder}`,
    `--config.electronVersion=${version}`,
    ...process.argv.slice(2),
  ]);
});

async function distribution() {
  const given = process.env.ELECTRON_DIST;
  if (given) {
    const folder = resolve(given);
    if (existsSync(join(folder, 'version'))) return folder;
    throw new SetupError(
      `ELECTRON_DIST names ${folder}, which holds no Electron distribution (no file "version" in it): unpack electron-v${wanted()}-${process.platform}-${process.arch}.zip there`,
    );
  }
  const folder = await officialDistribution();
  if (folder) return folder;
  throw new SetupError(
    `packages are made with the official Electron ${wanted()} only, and its download host cannot be reached from here.` +
      ' Set ELECTRON_MIRROR to a mirror, or, on a machine that reaches it, fetch' +
      ` electron-v${wanted()}-${process.platform}-${process.arch}.zip, unpack it and name its folder: ELECTRON_DIST=FOLDER npm run package`,
  );
}

function wanted() {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).devDependencies.electron;
}
