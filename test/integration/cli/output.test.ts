import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHistory } from '../../../src-main/history/open.js';
import { epochRecord, searchConfig, searchResult, snapshot } from '../../unit/history/fixtures.js';
import { newHome, start } from './medforge.js';

const EPOCHS = 60;
const home = newHome();

beforeAll(async () => {
  const { history } = await openHistory(home);
  const run = history.createRun(searchConfig);
  history.claimRun(run);
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    const details = { checkpoint: `c${epoch}`, seconds: epoch, secondsLeft: 1 };
    history.appendEpoch(run, epochRecord(epoch), snapshot(epoch), details);
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
