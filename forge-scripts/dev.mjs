#!/usr/bin/env node
/**
 * `npm run dev`: the window, built again on every change. A change of the renderer loads the page again, a change of the
 * main process starts the program again. It is the built page behind the real scheme and policy, not a server.
 */
import { spawn } from 'node:child_process';
import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { BIN, ROOT } from './lib/project.mjs';
import { main, say } from './lib/report.mjs';
import { checkDesktop, spawnWindow } from './start.mjs';
import { setup } from './setup.mjs';

/** Milliseconds of quiet after the last changed file before the program starts again. */
const QUIET = 400;

main(async () => {
  const args = process.argv.slice(2);
  await checkDesktop(args);
  await setup();
  const children = [
    spawn(join(BIN, 'tsc'), ['-p', 'tsconfig.main.json', '--watch', '--preserveWatchOutput'], { stdio: 'inherit' }),
    spawn(process.execPath, [join(ROOT, 'forge-scripts', 'build-renderer.mjs'), '--watch'], { stdio: 'inherit' }),
  ];
  let window = null;
  let again = false;
  const open = async () => {
    again = false;
    window = await spawnWindow(args, { ...process.env, MEDFORGE_DEV: '1' });
    window.once('exit', () => (again ? void open() : end()));
  };
  const end = () => {
    for (const child of [...children, window]) child?.kill();
    process.exit(0);
  };
  let timer;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      say('the main process changed: starting again');
      again = true;
      window?.kill('SIGTERM');
    }, QUIET);
  };
  await open();
  // The first round of the compiler writes nothing that is new.
  setTimeout(() => {
    for (const folder of ['dist/main', 'dist/preload']) {
      if (existsSync(join(ROOT, folder))) watch(join(ROOT, folder), { recursive: true }, restart);
    }
  }, 5000);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
});
