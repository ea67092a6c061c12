import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHistory } from '../../../src-main/history/open.js';
import { epochRecord, searchConfig, searchResult, exampleTrace } from '../../unit/history/fixtures.js';
import { medforge, newHome, start } from './medforge.js';

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
