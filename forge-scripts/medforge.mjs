#!/usr/bin/env node
/** `medforge` from a clone: brings what the command line needs up to date (quick when nothing changed), then runs it. */
import { setup } from './setup.mjs';
import { main } from './lib/report.mjs';

main(async () => {
  await setup('engine');
  await import(new URL('../dist/main/cli/medforge.js', import.meta.url).href);
});
