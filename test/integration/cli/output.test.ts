import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHistory } from '../../../src-main/history/open.js';
import { epochRecord, searchConfig, searchResult, exampleTrace } from '../../unit/history/fixtures.js';
import { ENTRY, dataset, medforge, newHome, start } from './medforge.js';

const EPOCHS = 60;
const home = newHome();

beforeAll(async () => {
  const { history } = await openHistory(home);
  const run = history.createRun(searchConfig);
  history.claimRun(run);
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    const details = { checkpoint: `c${epoch}`, seconds: epoch, secondsLeft: 1 };
    history.appendEpoch(run, epochRecord(epoch), exampleTrace(epoch), details);
  }
  history.finishRun(run, searchResult, 900);
  history.close();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('output that is larger than a pipe', () => {
  const show = (): ReturnType<typeof start> => start(['runs', 'show', '1', '--home', home, '--json']);

  it('arrives whole, also where it is read late', async () => {
    const { child, answer } = show();
    child.stdout!.pause();
    await sleep(3000);
    child.stdout!.resume();
    const { code, stdout, events } = await answer;
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(100_000);
    expect(events[0]!['epochs']).toHaveLength(EPOCHS);
  });

  it('is no fault where nobody reads on', async () => {
    const { child, answer } = show();
    child.stdout!.destroy();
    expect(await answer).toMatchObject({ code: 0, stderr: '' });
  });
});

describe.runIf(existsSync('/dev/full'))('output that cannot be written', () => {
  const said = 'medforge: the output cannot be written: its disk is full. The command continues without it.\n';
  const intoFull = (stream: 'stdout' | 'stderr', ...args: readonly string[]): SpawnSyncReturns<string> => {
    const full = openSync('/dev/full', 'w');
    const stdio = stream === 'stdout' ? (['ignore', full, 'pipe'] as const) : (['ignore', 'pipe', full] as const);
    try {
      return spawnSync(process.execPath, [ENTRY, '--home', home, ...args], { stdio: [...stdio], encoding: 'utf8' });
    } finally {
      closeSync(full);
    }
  };
  const short = [
    '--epochs',
    '2',
    '--channels',
    '4',
    '--cells',
    '1',
    '--batch',
    '128',
    '--no-race',
    '--name',
    'unheard',
  ];

  it('does not end a run, and is said once', async () => {
    const { status, stderr } = intoFull('stdout', 'search', dataset.path, ...short);
    expect(stderr.split('\n').filter((line) => line.startsWith('medforge:'))).toEqual([said.trim()]);
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(1);
    const { events } = await medforge('--home', home, '--json', 'runs', 'list', '--limit', '1');
    expect(events).toMatchObject([{ name: 'unheard', state: 'finished', epoch: 2 }]);
  });

  it('with --json is said in words, since nothing else is heard', () => {
    expect(intoFull('stdout', '--json', 'runs', 'show', '1')).toMatchObject({ status: 1, stderr: said });
  });

  it('on stderr changes nothing', () => {
    const { status, stdout } = intoFull('stderr', 'runs', 'show', '99');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });
});

describe('runs that are exported to a file', () => {
  const exported = (file: string): ReturnType<typeof medforge> =>
    medforge('runs', 'export', '1', '--home', home, '--out', file);

  it('are in it as a whole', async () => {
    const file = join(home, 'runs.csv');
    expect(await exported(file)).toMatchObject({ code: 0, stdout: `Wrote ${file}.\n` });
    expect(readFileSync(file, 'utf8').trim().split('\r\n')).toHaveLength(1 + EPOCHS);
  });

  it('go into a pipe', async () => {
    const pipe = join(home, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [{ code }, read] = await Promise.all([exported(pipe), readFile(pipe, 'utf8')]);
    expect(code).toBe(0);
    expect(read.trim().split('\r\n')).toHaveLength(1 + EPOCHS);
  });

  it.each([
    ['gone/runs.csv', 'its folder does not exist'],
    ['', 'a folder with that name exists'],
  ])('to %j are refused with one line', async (name, why) => {
    const file = join(home, name);
    const { code, stderr } = await exported(file);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `medforge: ${file} could not be written: ${why}; choose another place. Nothing was exported.\n`,
    );
  });
});
