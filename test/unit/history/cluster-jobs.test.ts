import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import type { JobEvent } from '../../../src-main/vocabulary/events.js';
import { searchConfig, temporaryFolder } from './fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let run: number;
const place = { folder: '/scratch/me', token: 'abc', checkpoint: 2 };

beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
  run = history.createRun(searchConfig, { queue: true });
});
afterEach(() => {
  history.close();
  home.remove();
});

describe('a run on a cluster', () => {
  beforeEach(() => history.placeRun({ run, ...place }));

  test('is kept with what Slurm knows it by, over a restart', async () => {
    const before = { run, ...place, job: null, said: null, unknownSince: null, submissions: 0, fruitless: 0 };
    expect(history.clusterJobs()).toEqual([before]);
    history.changeClusterJob(run, { job: '17', said: 'PENDING (Priority)', submissions: 1 });
    history.close();
    ({ history } = await openHistory(home.folder));
    expect(history.clusterJobs()).toEqual([{ ...before, job: '17', said: 'PENDING (Priority)', submissions: 1 }]);
  });

  test.each([
    ['claimed', () => history.claimRun(run)],
    ['queued here', () => history.queueRun(run)],
    ['deleted', () => history.deleteRun(run)],
    ['placed twice', () => history.placeRun({ run, ...place, token: 'other' })],
  ])('is not %s', (_, action) => {
    expect(action).toThrow(`Run ${run} is to be computed on a cluster (/scratch/me): pause or cancel it first.`);
    history.changeClusterJob(run, { job: '17' });
    expect(action).toThrow(
      `Run ${run} is computed on a cluster (Slurm's job 17, /scratch/me): pause or cancel it first.`,
    );
  });

  test('waits in no queue of this computer', () => expect(history.queue()).toEqual([]));

  test('is not interrupted because no process of this computer runs it', async () => {
    history.releasePlacedRun(run);
    history.claimRun(run);
    history.moveRun(run, 'interrupted');
    history.queueRun(run, false);
    history.placeRun({ run, ...place });
    history.takeUnlogged(run, started, { started: true, seconds: 1 });
    expect(history.interruptDeadRuns()).toEqual([]);
    history.close();
    ({ history } = await openHistory(home.folder));
    expect(history.getRun(run).summary.state).toBe('running');
    history.releasePlacedRun(run);
    expect(history.interruptDeadRuns()).toEqual([run]);
  });

  test('is asked to end by whoever passes it on', () => {
    expect(history.requestControl(run, 'cancel')).toBe('requested');
    expect(history.controlRequest(run)).toBe('cancel');
    expect(history.getRun(run).summary.state).toBe('queued');
    history.releasePlacedRun(run, { state: 'cancelled' });
    expect(history.getRun(run).summary.state).toBe('cancelled');
    expect(history.clusterJobs()).toEqual([]);
  });

  test('that ended keeps its end, whatever is said of its job', () => {
    history.takeUnlogged(run, { type: 'cancelled', epoch: 0 }, { started: false, seconds: 1 });
    history.releasePlacedRun(run, { state: 'failed', error: { name: 'E', kind: 'k', message: 'm' } });
    expect(history.getRun(run).summary.state).toBe('cancelled');
  });
});

const started: JobEvent = {
  ...{ type: 'started', backend: 'native', device: 'd', trace: null },
  ...{ threads: 1, epochs: 3, stepsPerEpoch: 1, epoch: 1 },
};
