#!/usr/bin/env node
/** `medforge` from a clone: sets up what the command line needs when it is not there yet, then runs it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const entry = path('dist/main/cli/medforge.js');

if (!existsSync(entry) || !existsSync(path('build/Release/medforge_native.node'))) {
  const setup = spawnSync(process.execPath, [path('forge-scripts/setup.mjs'), '--engine'], {
    stdio: ['ignore', 2, 2],
  });
  if (setup.status !== 0) process.exit(1);
}
await import(new URL('../dist/main/cli/medforge.js', import.meta.url).href);
