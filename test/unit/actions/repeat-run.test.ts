import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repeatRun } from '../../../src-main/actions/repeat-run.js';
import type { DatasetDescription } from '../../../src-main/datasets/medmnist.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { searchConfig, temporaryFolder } from '../history/fixtures.js';
import { finishRetraining, finishSearch } from './finished-runs.js';

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

const onDisk =
  (sha256 = searchConfig.dataset.sha256) =>
  (path: string) =>
    Promise.resolve({ ...searchConfig.dataset, path, sha256 } as DatasetDescription);

describe('a run again', () => {
  it.each([
    ['search', finishSearch],
    ['retraining', finishRetraining],
  ])('has every setting of the %s and waits for its turn', async (_, finish) => {
    const first = finish(history);
    const again = await repeatRun({ history, inspect: onDisk() }, first, { queue: true });
    expect(again).not.toBe(first);
    expect(history.getRun(again).config).toEqual(history.getRun(first).config);
    expect(history.getRun(again).summary).toMatchObject({
      state: 'queued',
      queuePosition: 1,
      epoch: 0,
      searchValidation: null,
      test: null,
    });
  });

  it('is named after the first one, and counted', async () => {
    const run = finishSearch(history);
    history.renameRun(run, 'Small');
    const names: string[] = [];
    let last = run;
    for (let count = 0; count < 3; count++) {
      last = await repeatRun({ history, inspect: onDisk() }, last);
      names.push(history.getRun(last).summary.name);
    }
    expect(names).toEqual(['Small, again', 'Small, again 2', 'Small, again 3']);
  });

  it('does not run on other images', async () => {
    const run = finishSearch(history);
    history.renameRun(run, 'Small');
    await expect(repeatRun({ history, inspect: onDisk('cd'.repeat(32)) }, run)).rejects.toMatchObject({
      kind: 'dataset-changed',
      message: `${searchConfig.dataset.path} has changed since run 1 (Small): put the original file back, or start a new run with the current file.`,
    });
    expect(history.listRuns()).toHaveLength(1);
  });
});
