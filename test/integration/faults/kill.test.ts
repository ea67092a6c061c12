import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import type { SearchConfig } from '../../../src-main/jobs/messages.js';
import { searchConfig, temporaryFolder } from '../../unit/history/fixtures.js';
import { Program, buildProgram, run as runProgram } from './program.js';

let program: Awaited<ReturnType<typeof buildProgram>>;
let home: ReturnType<typeof temporaryFolder>;
let config: SearchConfig;

/** What a run leaves that nobody killed. */
let expected: unknown;

beforeAll(async () => {
  program = await buildProgram('counting-program');
  prepare();
  const run = await withHistory((history) => history.createRun(config));
  expect(await runProgram(command(run))).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('finished') as string,
  });
  expected = await withHistory((history) => trace(history, run));
  home.remove();
});
afterAll(() => program.remove());

beforeEach(prepare);
afterEach(() => home.remove());

function prepare(): void {
  home = temporaryFolder();
  const path = join(home.folder, 'data.npz');
  writeFileSync(path, 'stands for a dataset');
  const sha256 = createHash('sha256').update('stands for a dataset').digest('hex');
  config = { ...searchConfig, epochs: 6, dataset: { name: 'data', path, sha256, bytes: 20 } };
}

async function withHistory<T>(use: (history: WritableHistory) => T): Promise<T> {
  const { history } = await openHistory(home.folder);
  try {
    return use(history);
  } finally {
    history.close();
  }
}

const command = (run: number, wait = 0): string[] => [
  process.execPath,
  program.file,
  home.folder,
  String(run),
  String(wait),
];

/** Everything that a run leaves in the history but times. */
const trace = (history: WritableHistory, run: number): unknown => ({
  epochs: history.epochs(run),
  snapshots: history.snapshots(run),
  result: history.getRun(run).result,
});

describe('a run that is killed with SIGKILL', () => {
  test.each([
    ['before its first checkpoint', 'started', 4],
    ['in its second epoch', 'epoch 1', 4],
    ['in a later epoch', 'epoch 5', 4],
    ['just after it said an epoch', 'epoch 3', 0],
  ])('%s: resumed, it ends bit for bit like one that was never killed', async (_, text, wait) => {
    const run = await withHistory((history) => history.createRun(config));
    const killed = new Program(command(run, wait));
    await killed.printed(text);
    killed.kill();
    await killed.ended;
    await withHistory((history) => {
      const { summary, reason } = history.getRun(run);
      expect(summary.state).toBe('interrupted');
      expect(reason).toBe(`The process ${killed.child.pid} that ran it ended without a word; resume to go on.`);
      expect(history.epochs(run).length).toBeGreaterThanOrEqual(Number(/\d/.exec(text) ?? 0));
    });
    const resumed = await runProgram(command(run));
    expect(resumed.stdout).toContain('finished');
    expect(await withHistory((history) => trace(history, run))).toEqual(expected);
  });

  test('again and again at random moments: no finished epoch is lost and the end is the same', async () => {
    const run = await withHistory((history) => history.createRun(config));
    let epochs = 0;
    for (let attempt = 0; attempt < 15; attempt++) {
      const killed = new Program(command(run, 1));
      await killed.printed('started');
      const timer = setTimeout(() => killed.kill(), (37 * attempt) % 100);
      const { signal, stdout } = await killed.ended;
      clearTimeout(timer);
      if (signal === null) break;
      const said = [...stdout.matchAll(/epoch (\d+)/g)].map(([, epoch]) => Number(epoch));
      const kept = await withHistory((history) => history.epochs(run).length);
      expect(kept).toBeGreaterThanOrEqual(Math.max(epochs, 0, ...said));
      epochs = kept;
    }
    await runProgram(command(run));
    expect(await withHistory((history) => trace(history, run))).toEqual(expected);
    expect(readdirSync(join(home.folder, 'runs', String(run))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
