#!/usr/bin/env node
/**
 * `npm test`: set-up, then everything that proves the program. Goes on after a failure, ends with a summary.
 *
 *   node forge-scripts/test.mjs [lint] [types] [unit] [contract] [integration] [e2e]     default: all
 */
import { join } from 'node:path';
import { virtualDisplay } from './lib/display.mjs';
import { BIN } from './lib/project.mjs';
import { SetupError, elapsed, main, say, seconds } from './lib/report.mjs';
import { run } from './lib/run.mjs';
import { requireSystem } from './lib/system.mjs';
import { setup } from './setup.mjs';

const bin = (name) => join(BIN, process.platform === 'win32' ? `${name}.cmd` : name);

const checks = {
  lint: [
    [bin('eslint'), '.'],
    [bin('prettier'), '--check', '--log-level', 'warn', '.'],
  ],
  types: [
    [bin('tsc'), '-p', 'tsconfig.json', '--noEmit'],
    [bin('svelte-check'), '--tsconfig', 'src-renderer/tsconfig.json', '--fail-on-warnings'],
  ],
  unit: [[bin('vitest'), 'run', '--project', 'unit']],
  contract: [[bin('vitest'), 'run', '--project', 'contract']],
  integration: [[bin('vitest'), 'run', '--project', 'integration']],
  e2e: [[bin('playwright'), 'test']],
};

async function runCheck(name) {
  const begin = performance.now();
  let passed = true;
  for (const [command, ...args] of checks[name]) {
    say(`${name}: ${command.slice(BIN.length + 1)} ${args.join(' ')}`);
    if ((await run(...underDisplay(name, command, args))) !== 0) passed = false;
  }
  return { name, passed, took: performance.now() - begin };
}

/** Real Electron needs a display; on Linux without one (or in CI) a virtual one of a laptop's size. */
function underDisplay(name, command, args) {
  if (name !== 'e2e' || process.platform !== 'linux') return [command, args];
  return virtualDisplay(command, args);
}

main(async () => {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !(name in checks));
  if (unknown) throw new SetupError(`test: no part is called ${unknown}; there are ${Object.keys(checks).join(', ')}`);
  const names = asked.length > 0 ? asked : Object.keys(checks);

  const parts = [
    'native',
    ...(names.includes('integration') ? ['faults'] : []),
    ...(names.includes('e2e') ? ['window', 'display'] : []),
  ];
  await requireSystem(parts);
  await setup(names.includes('e2e') ? 'all' : 'engine');

  const results = [];
  for (const name of names) results.push(await runCheck(name));
  process.stderr.write('\n');
  for (const { name, passed, took } of results)
    say(`${passed ? 'passed' : 'FAILED'}  ${name.padEnd(12)} ${seconds(took)}`);
  const failed = results.filter((result) => !result.passed).length;
  say(`${failed === 0 ? 'everything passed' : 'something failed'} in ${elapsed()}`);
  process.stdout.write(`${results.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
});
