#!/usr/bin/env node
/** `npm run demo`: set-up of what the command line needs, then `medforge demo`. What follows `--` goes to it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './lib/project.mjs';
import { main } from './lib/report.mjs';
import { setup } from './setup.mjs';

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(async () => {
    await setup('engine');
    const entry = join(ROOT, 'dist/main/cli/medforge.js');
    const { status } = spawnSync(process.execPath, [entry, 'demo', ...process.argv.slice(2)], { stdio: 'inherit' });
    process.exitCode = status ?? 1;
  });
}
