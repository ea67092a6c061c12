import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { epochRecord, searchConfig, searchResult, snapshot, temporaryFolder } from './fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
});
afterEach(() => {
  history.close();
  home.remove();
});

test('smoke', () => {
  const run = history.createRun(searchConfig);
  history.claimRun(run);
  for (let e = 1; e <= 4; e++)
    history.appendEpoch(run, epochRecord(e), snapshot(e), { checkpoint: 'c', seconds: e, secondsLeft: 1 });
  history.finishRun(run, searchResult, 5);
  expect(history.listRuns()).toMatchObject([{ run, state: 'finished', parameters: 200001, epoch: 4, seconds: 5 }]);
  expect(history.snapshots(run, 2)).toEqual([snapshot(3), snapshot(4)]);
  expect(history.epochs(run)).toEqual([1, 2, 3, 4].map((e) => epochRecord(e)));
});
