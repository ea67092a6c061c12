import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import type { JobEvent, SearchConfig } from '../../../src-main/jobs/messages.js';
import { runJob } from '../../../src-main/jobs/runner.js';
import { searchConfig, temporaryFolder } from '../history/fixtures.js';
import { countingJobs } from './counting-job.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let config: SearchConfig;

beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
  const path = join(home.folder, 'data.npz');
  const bytes = Buffer.from('stands for a dataset');
  writeFileSync(path, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  config = { ...searchConfig, epochs: 4, dataset: { name: 'data', path, sha256, bytes: bytes.length } };
});
afterEach(() => {
  history.close();
  home.remove();
});

test('a run goes from queued to finished and everything it said is in the history', async () => {
  const run = history.createRun(config);
  const events: JobEvent[] = [];
  const end = await runJob({
    history,
    home: home.folder,
    run,
    jobs: countingJobs(),
    listener: (event) => events.push(event),
  });
  expect(end).toMatchObject({ state: 'finished', result: { kind: 'search' } });
  expect(events.map(({ type }) => type)).toEqual(['started', 'epoch', 'epoch', 'epoch', 'epoch', 'finished']);
  expect(history.getRun(run)).toMatchObject({ summary: { state: 'finished', epoch: 4 }, result: { kind: 'search' } });
  expect(history.epochs(run)).toEqual(events.flatMap((event) => (event.type === 'epoch' ? [event.record] : [])));
});
