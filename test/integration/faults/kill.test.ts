import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../../src-main/history/database.js';
import { MIGRATIONS, schemaVersion } from '../../../src-main/history/migrations/index.js';
import type { SearchConfig } from '../../../src-main/vocabulary/run-config.js';
import { temporaryFolder } from '../../unit/history/fixtures.js';
import { countingConfig, trace, withHistory } from './home.js';
import { Program, buildProgram, run as runProgram } from './program.js';

let program: Awaited<ReturnType<typeof buildProgram>>;
let migrating: Awaited<ReturnType<typeof buildProgram>>;
let home: ReturnType<typeof temporaryFolder>;
let config: SearchConfig;
/** What a run leaves that nobody killed. */
let expected: unknown;

const prepare = (): void => {
  home = temporaryFolder();
  config = countingConfig(home.folder);
};
const newRun = (): Promise<number> => withHistory(home.folder, (history) => history.createRun(config));
const traceOf = (run: number): Promise<unknown> => withHistory(home.folder, (history) => trace(history, run));
const command = (run: number, wait = 0): string[] => [
  process.execPath,
  program.file,
  home.folder,
  String(run),
  String(wait),
];

beforeAll(async () => {
  program = await buildProgram('counting-program');
  migrating = await buildProgram('migrating-program');
  prepare();
  const run = await newRun();
  expect(await runProgram(command(run))).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('finished') as string,
  });
  expected = await traceOf(run);
  home.remove();
});
afterAll(() => {
  program.remove();
  migrating.remove();
});
beforeEach(prepare);
afterEach(() => home.remove());

describe('a run that is killed with SIGKILL', () => {
  test.each([
    ['before its first checkpoint', 'started', 4],
    ['in its second epoch', 'epoch 1', 4],
    ['in a later epoch', 'epoch 5', 4],
    ['just after it said an epoch', 'epoch 3', 0],
  ])('%s: resumed, it ends bit for bit like one that was never killed', async (_, text, wait) => {
    const run = await newRun();
    const killed = new Program(command(run, wait));
    await killed.printed(text);
    killed.kill();
    await killed.ended;
    await withHistory(home.folder, (history) => {
      const { summary, reason } = history.getRun(run);
      expect(summary.state).toBe('interrupted');
      expect(reason).toBe(`The process ${killed.child.pid} that ran it ended unexpectedly; resume to continue.`);
      expect(history.epochs(run).length).toBeGreaterThanOrEqual(Number(/\d/.exec(text) ?? 0));
    });
    const resumed = await runProgram(command(run));
    expect(resumed.stdout).toContain('finished');
    expect(await traceOf(run)).toEqual(expected);
  });

  test('again and again at random moments: no finished epoch is lost and the end is the same', async () => {
    const run = await newRun();
    let epochs = 0;
    for (let attempt = 0; attempt < 12; attempt++) {
      const killed = new Program(command(run, 1));
      await killed.printed('started');
      const timer = setTimeout(() => killed.kill(), (37 * attempt) % 100);
      const { signal, stdout } = await killed.ended;
      clearTimeout(timer);
      if (signal === null) break;
      const said = [...stdout.matchAll(/epoch (\d+)/g)].map(([, epoch]) => Number(epoch));
      const kept = await withHistory(home.folder, (history) => history.epochs(run).length);
      expect(kept).toBeGreaterThanOrEqual(Math.max(epochs, 0, ...said));
      epochs = kept;
    }
    await runProgram(command(run));
    expect(await traceOf(run)).toEqual(expected);
    expect(readdirSync(join(home.folder, 'runs', String(run)))).not.toContain('checkpoints');
  });
});

describe('a step to a later schema that is killed half-way', () => {
  test('leaves the old schema or the new one, and the next start goes on from there', async () => {
    await newRun();
    const start = [process.execPath, migrating.file, home.folder];
    let version = MIGRATIONS.length;
    for (const step of [1, 2, 3]) {
      for (const milliseconds of [0, 10, 30]) {
        const killed = new Program(start);
        await killed.printed(`step ${step}`);
        await sleep(milliseconds);
        killed.kill();
        await killed.ended;
        const database = connect(join(home.folder, 'medforge.db'));
        const now = schemaVersion(database);
        const columns = database.prepare(`SELECT count(*) FROM pragma_table_info('runs') WHERE name LIKE 'later_%'`);
        const tables = database.prepare(`SELECT count(*) FROM sqlite_schema WHERE name LIKE 'later_%'`);
        const later = now - MIGRATIONS.length;
        expect([columns.pluck().get(), tables.pluck().get()]).toEqual([later, later]);
        database.close();
        expect(now).toBeGreaterThanOrEqual(version);
        version = now;
      }
    }
    const { code, stdout, stderr } = await runProgram(start);
    expect({ code, stderr, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({
      code: 0,
      stderr: '',
      last: 'open with 1 runs',
    });
  });
});
