import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, inTransaction } from '../../../src-main/history/database.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { insertTrace } from '../../../src-main/history/tables/traces.js';
import { insertEpoch } from '../../../src-main/history/tables/epochs.js';
import { insertRun, updateResult } from '../../../src-main/history/tables/runs.js';
import { replaceTags } from '../../../src-main/history/tables/tags.js';
import { epochRecord, searchConfig, searchResult, exampleTrace, temporaryFolder } from './fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
const RUNS = 5000;

beforeAll(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
  const connection = connect(history.file);
  inTransaction(connection, (database) => {
    for (let index = 1; index <= RUNS; index++) {
      const row = { run: null, name: `run ${index}`, synthetic: false, createdAt: '2026-01-01T00:00:00.000Z' };
      const run = insertRun(database, { ...row, queuePosition: null, secondsLeft: null, config: searchConfig });
      for (const epoch of [1, 2, 3]) {
        insertEpoch(database, run, epochRecord(epoch));
        insertTrace(database, run, exampleTrace(epoch));
      }
      updateResult(database, run, searchResult, 60);
      if (index % 2 === 0) replaceTags(database, run, ['even', `tag ${index}`]);
    }
  });
  connection.close();
});
afterAll(() => {
  history.close();
  home.remove();
});

const best = (action: () => void): number =>
  Math.min(
    ...[1, 2, 3, 4, 5].map(() => {
      const started = performance.now();
      action();
      return performance.now() - started;
    }),
  );

test('5,000 runs with tags are listed far below a tenth of a second, and one run read at once', () => {
  expect(history.listRuns()).toHaveLength(RUNS);
  expect(history.listRuns()[0]).toMatchObject({ run: RUNS, tags: ['even', `tag ${RUNS}`], parameters: 200001 });
  expect(best(() => history.listRuns())).toBeLessThan(80);
  expect(best(() => history.listRuns({ tag: 'even', text: 'run 4', limit: 100 }))).toBeLessThan(80);
  expect(best(() => [history.getRun(2500), history.epochs(2500), history.traces(2500)])).toBeLessThan(20);
});

test('another process opens that history within a second', async () => {
  const times: number[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    const started = performance.now();
    (await openHistory(home.folder)).history.close();
    times.push(performance.now() - started);
  }
  expect(Math.min(...times)).toBeLessThan(1000);
});
