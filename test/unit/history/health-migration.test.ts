import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect } from '../../../src-main/history/database.js';
import { MIGRATIONS, schemaVersion } from '../../../src-main/history/migrations/index.js';
import { openHistory } from '../../../src-main/history/open.js';
import { exampleHealth } from '../report/example-health.js';
import { searchConfig, temporaryFolder } from './fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  home = temporaryFolder();
});
afterEach(() => home.remove());

const report = exampleHealth(
  ['calm', 'wild'],
  [
    [10, 5, 5],
    [20, 5, 5],
  ],
  'binary-class',
);

test('a history of before health reports is opened with its runs, and keeps reports from then on', async () => {
  const before = await openHistory(home.folder, { migrations: MIGRATIONS.slice(0, 5) });
  const run = before.history.createRun(searchConfig);
  before.history.close();
  const file = join(home.folder, 'medforge.db');
  const versionOf = (): number => {
    const database = connect(file);
    const version = schemaVersion(database);
    database.close();
    return version;
  };
  expect(versionOf()).toBe(5);
  const { history } = await openHistory(home.folder);
  expect(history.listRuns().map((one) => one.run)).toEqual([run]);
  expect(history.datasetHealth(report.sha256)).toBeNull();
  const kept = history.keepDatasetHealth(report);
  expect(history.datasetHealth(report.sha256)).toEqual(kept);
  expect(kept.report).toEqual(report);
  expect(Date.parse(kept.checkedAt)).toBeGreaterThan(Date.now() - 60_000);
  history.close();
  expect(versionOf()).toBe(MIGRATIONS.length);
});

test('a report that looked for less is no report of today', async () => {
  (await openHistory(home.folder)).history.close();
  const database = connect(join(home.folder, 'medforge.db'));
  const former = JSON.stringify({ ...report, version: 1 });
  database
    .prepare('INSERT INTO dataset_health VALUES (?, ?, ?)')
    .run(report.sha256, former, '2026-11-01T00:00:00.000Z');
  database.close();
  const { history } = await openHistory(home.folder);
  expect(history.datasetHealth(report.sha256)).toBeNull();
  expect(history.keepDatasetHealth(report).report).toEqual(report);
  expect(history.datasetHealth(report.sha256)?.report).toEqual(report);
  history.close();
});
