#!/usr/bin/env node
/** `npm start`: set-up, then the window. What follows `--` goes to the program: `npm start -- --home DIR`. */
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { electronRuntime } from './electron-runtime.mjs';
import { hasDisplay } from './lib/display.mjs';
import { ROOT } from './lib/project.mjs';
import { SetupError, main } from './lib/report.mjs';
import { requireSystem } from './lib/system.mjs';
import { setup } from './setup.mjs';

/** Starts the window; resolves to its exit code. */
export async function startWindow(args, env = process.env) {
  const child = await spawnWindow(args, env);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

export async function spawnWindow(args, env = process.env) {
  const { executable, args: before } = await electronRuntime();
  return spawn(executable, [...before, ...args], { cwd: ROOT, env, stdio: 'inherit' });
}

/** What would end in a message of Chromium's that helps nobody. */
export async function checkDesktop(args) {
  await requireSystem(['window']);
  if (process.platform !== 'linux') return;
  if (process.getuid() === 0 && !args.includes('--no-sandbox')) {
    throw new SetupError(
      "the window does not start as root, because Chromium's sandbox cannot: start it as an ordinary user" +
        ' (or, on a machine where that is acceptable, without the sandbox: npm start -- --no-sandbox)',
    );
  }
  if (!hasDisplay()) {
    throw new SetupError(
      'there is no display here to open a window on. The command line needs none: npx medforge --help. A virtual display: xvfb-run npm start',
    );
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(async () => {
    const args = process.argv.slice(2);
    await checkDesktop(args);
    await setup();
    process.exitCode = await startWindow(args);
  });
}
