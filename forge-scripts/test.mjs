#!/usr/bin/env node
/**
 * `npm test`: set-up, then everything that proves the program. Goes on after a failure, ends with a summary.
 *
 *   node forge-scripts/test.mjs [lint] [types] [unit] [contract] [integration] [e2e]     default: all
 */
import { join } from 'node:path';
import { BIN } from './lib/project.mjs';
import { SetupError, elapsed, main, say, seconds } from './lib/report.mjs';
import { capture, run } from './lib/run.mjs';
import { offerSystem, requireSystem } from './lib/system.mjs';
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
  integration: [
    [bin('vitest'), 'run', '--project', 'integration'],
    [bin('vitest'), 'run', '--project', 'faults'],
  ],
  e2e: [
    [bin('playwright'), 'test', '--project=window'],
    [bin('playwright'), 'test', '--project=speed'],
  ],
};

/** What keeps one processor busy and measures no time: two lanes that run side by side, before everything else. */
const LANES = [['lint'], ['types', 'contract']];

async function runCheck(name, start) {
  const begin = performance.now();
  let passed = true;
  for (const [command, ...args] of checks[name]) {
    const told = `${name}: ${command.slice(BIN.length + 1)} ${args.join(' ')}`;
    if ((await start(told, command, args)) !== 0) passed = false;
  }
  return { name, passed, took: performance.now() - begin };
}

function alone(told, command, args) {
  say(told);
  return run(command, args);
}

/** Shows the output of a program in one piece when it has ended, so that those beside it do not write between its lines. */
async function besideOthers(told, command, args) {
  say(`${told} (its output follows when it ends)`);
  const { code, output } = await capture(command, args);
  process.stderr.write(output);
  return code;
}

async function inOrder(names, start) {
  const results = [];
  for (const name of names) results.push(await runCheck(name, start));
  return results;
}

async function runChecks(names) {
  const lanes = LANES.map((lane) => lane.filter((name) => names.includes(name))).filter((lane) => lane.length > 0);
  const start = lanes.length > 1 ? besideOthers : alone;
  const first = await Promise.all(lanes.map((lane) => inOrder(lane, start)));
  const rest = names.filter((name) => !lanes.flat().includes(name));
  return [...first.flat(), ...(await inOrder(rest, alone))];
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
  // Its daemons are started as root.
  if (names.includes('integration') && process.getuid?.() === 0) await offerSystem(['slurm']);
  await setup(names.includes('e2e') ? 'all' : 'engine');

  const results = await runChecks(names);
  process.stderr.write('\n');
  for (const { name, passed, took } of results)
    say(`${passed ? 'passed' : 'FAILED'}  ${name.padEnd(12)} ${seconds(took)}`);
  const failed = results.filter((result) => !result.passed).length;
  say(`${failed === 0 ? 'everything passed' : 'something failed'} in ${elapsed()}`);
  process.stdout.write(`${results.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
});
