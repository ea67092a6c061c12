import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataset, medforge, newHome, start, type Event } from '../cli/medforge.js';
import { buildProgram, run } from './program.js';
import { usable } from './small-disk.js';

const homes: string[] = [];
const home = (): string => {
  homes.push(newHome());
  return homes.at(-1)!;
};
afterAll(() => {
  for (const folder of homes) rmSync(folder, { recursive: true, force: true });
});

const canLimit = usable('tests with little memory: prlimit is not installed', 'prlimit', ['--version']);

describe.runIf(canLimit)('memory that the addon cannot have', () => {
  let program: Awaited<ReturnType<typeof buildProgram>>;
  beforeAll(async () => {
    program = await buildProgram('memory-program');
  });
  afterAll(() => {
    program.remove();
  });

  test('is an error, not the end of the process, and the addon goes on when there is some', async () => {
    const { code, stdout, stderr } = await run([process.execPath, program.file]);
    expect(stdout, stderr).toBe('RangeError: Array buffer allocation failed\ncomputes again\n');
    expect(code).toBe(0);
  });
});

/** The control group of version 1 that this process may put children into, null where it may not. */
function memoryGroup(): string | null {
  try {
    const own = /^\d+:memory:(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
    if (own === undefined) return null;
    const folder = join('/sys/fs/cgroup/memory', own, `medforge-test-${process.pid}`);
    mkdirSync(folder);
    return folder;
  } catch {
    return null;
  }
}

const group = memoryGroup();
if (group === null) console.warn('skipped: tests in a control group: one cannot be made here');

describe.runIf(group !== null)('in a control group of 400 MB', () => {
  beforeAll(() => {
    writeFileSync(join(group!, 'memory.limit_in_bytes'), String(400e6));
  });
  afterAll(() => {
    rmdirSync(group!);
  });
  const search = (folder: string, batch: string): string[] => [
    ...['search', dataset.path, '--epochs', '4', '--cells', '1', '--batch', batch, '--home', folder],
    ...['--backend', 'native', '--threads', '2', '--no-race', '--json'],
  ];
  /** Puts a process into the group before it has the dataset. */
  const limited = async (args: readonly string[], at: string): ReturnType<typeof medforge> => {
    const { child, answer } = start(args, (event) => {
      if (event.event === at) writeFileSync(join(group!, 'cgroup.procs'), String(child.pid));
    });
    if (at === 'spawn') writeFileSync(join(group!, 'cgroup.procs'), String(child.pid));
    return answer;
  };

  test('a search that does not fit is refused before it begins, with the batch that does', async () => {
    const folder = home();
    const { code, stderr } = await limited(search(folder, '273'), 'spawn');
    const said =
      /^medforge: This search needs about \d\.\d GB .* but only 0\.\d GB is free: start one with a batch of (\d+) or less/m;
    expect(stderr).toMatch(said);
    expect(code).toBe(1);
    const batch = said.exec(stderr)![1]!;
    const finished = await limited(search(folder, batch), 'spawn');
    expect(finished.stderr).not.toMatch(/out of memory|It is tried/);
    expect(finished.events.at(-1)).toMatchObject({ event: 'finished' });
  });

  test('a search that the system ends is explained, found interrupted, and goes on where there is memory', async () => {
    const folder = home();
    const ended = await limited(search(folder, '273'), 'epoch');
    expect(ended.signal).toBe('SIGKILL');
    expect(ended.stderr).toMatch(
      /medforge: run 1 was stopped from outside or ran out of memory\. To continue it, run 'medforge resume 1'\. If memory was the cause: .* a batch of \d+ or less/,
    );
    const listed = await medforge('runs', 'list', '--home', folder, '--json');
    expect(listed.events[0]).toMatchObject({ run: 1, state: 'interrupted' });
    const resumed = await medforge('resume', '1', '--home', folder, '--json');
    expect(resumed.events.at(-1) as Event).toMatchObject({ event: 'finished' });
  });
});

test('a run that ends by itself leaves no last word', async () => {
  const folder = home();
  const settings = ['--epochs', '1', '--channels', '4', '--cells', '1', '--batch', '64', '--no-race'];
  const { code, stderr } = await medforge('search', dataset.path, ...settings, '--home', folder);
  expect([code, stderr.includes('stopped from outside')]).toEqual([0, false]);
});
