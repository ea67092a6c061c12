import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../../src-main/history/database.js';
import { firstTables } from '../../../src-main/history/migrations/0001-first-tables.js';
import { openHistory } from '../../../src-main/history/open.js';
import { fromNumbers } from '../../../src-main/history/values.js';
import { zoDartsPlusPlus } from '../../../src-main/search/methods/zo-darts-plus-plus/index.js';
import { epochRecord, exampleTrace, searchConfig, searchResult, temporaryFolder } from './fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  home = temporaryFolder();
});
afterEach(() => home.remove());

/** A configuration as versions before the traces wrote it. */
const { settings: _, ...rest } = searchConfig;
const formerConfig = (estimator: string): object => ({ ...rest, estimator });

/** A database of schema 1 with a search of three epochs that was running, as the version before wrote it. */
async function formerDatabase(): Promise<void> {
  const { history } = await openHistory(home.folder, { migrations: [firstTables] });
  history.close();
  const database = connect(join(home.folder, 'medforge.db'));
  database
    .prepare(
      `INSERT INTO runs (run, kind, name, state, dataset, synthetic, created_at, epoch, epochs, seed, config)
       VALUES (1, 'search', 'former', 'interrupted', 'breastmnist', 0, '2026-11-01T00:00:00.000Z', 3, 50, 3, ?),
              (2, 'search', 'no epoch', 'interrupted', 'breastmnist', 0, '2026-11-01T00:00:00.000Z', 0, 50, 3, ?)`,
    )
    .run(JSON.stringify(formerConfig('published')), JSON.stringify(formerConfig('exact')));
  for (const epoch of [1, 2, 3]) {
    const { loss, accuracy, validationLoss, validationAccuracy, learningRate } = epochRecord(epoch);
    const { tables } = exampleTrace(epoch);
    database
      .prepare('INSERT INTO epochs VALUES (1, ?, 3, ?, ?, ?, ?, ?, NULL, ?, 5.0, 1.125, ?, ?, 1000.0, 0.25)')
      .run(
        epoch,
        epoch,
        loss,
        accuracy,
        validationLoss,
        validationAccuracy,
        epoch === 2 ? 'NaN' : 9000.5,
        epoch > 2 ? 2 : 1,
        learningRate,
      );
    database
      .prepare('INSERT INTO architecture_snapshots VALUES (1, ?, 1.125, ?, ?, ?, ?, ?, ?)')
      .run(epoch, ...Object.values(tables).map((table) => fromNumbers(table)));
  }
  database.close();
}

const formerValues = (epoch: number): object => ({
  phase: epoch > 2 ? 2 : 1,
  temperature: 1.125,
  expectedParameters: epoch === 2 ? NaN : 9000.5,
  operationsInSupport: 5,
});

describe('a history of before the traces', () => {
  test('tells the same of its searches, bit for bit, and how to read it', async () => {
    await formerDatabase();
    const { history, recovery } = await openHistory(home.folder);
    expect(recovery).toBeNull();
    expect(history.epochs(1)).toEqual([1, 2, 3].map((epoch) => epochRecord(epoch)));
    expect(history.traces(1)).toEqual(
      [1, 2, 3].map((epoch) => ({ epoch, values: formerValues(epoch), tables: exampleTrace(epoch).tables })),
    );
    expect(Object.is(history.traces(1)[0]?.tables['alpha']?.[1], -0)).toBe(true);
    expect(history.getRun(1).trace).toEqual(zoDartsPlusPlus.trace(searchConfig.space));
    expect(history.traces(2)).toEqual([]);
    history.close();
  });

  test.each([
    [
      1,
      {
        estimator: 'published',
        outlierCut: false,
        budgetTerm: 'published',
        temperature: 'steps',
        warmup: 0,
        paths: 'all',
        ranking: false,
      },
    ],
    [
      2,
      {
        estimator: 'published',
        outlierCut: true,
        budgetTerm: 'exact',
        temperature: 'steps',
        warmup: 0,
        paths: 'all',
        ranking: false,
      },
    ],
  ])('names the settings of run %i, which had an estimator', async (run, settings) => {
    await formerDatabase();
    const { history } = await openHistory(home.folder);
    expect(history.getRun(run).config).toEqual({ ...searchConfig, settings });
    history.close();
  });
});

test('a result.json of before the traces is read as if it had them', async () => {
  const { history } = await openHistory(home.folder);
  const run = history.createRun(searchConfig);
  history.claimRun(run);
  history.finishRun(run, searchResult, 1);
  const folder = history.runFolder(run);
  history.close();
  const former = [1, 2, 3].map((epoch) => ({ ...epochRecord(epoch), ...formerValues(epoch), expectedParameters: 7 }));
  const manifest = {
    ...{ format: 1, run, name: 'former', note: '', tags: [], state: 'finished', finishedAt: null, seconds: 1 },
    ...{ error: null, result: searchResult, epochs: former },
    architecture: [1, 2, 3].map((epoch) => ({ epoch, temperature: 1.125, ...exampleTrace(epoch).tables })),
  };
  writeFileSync(join(folder, 'result.json'), JSON.stringify(manifest));
  for (const end of ['', '-wal', '-shm']) rmSync(join(home.folder, `medforge.db${end}`), { force: true });
  const again = (await openHistory(home.folder)).history;
  expect(again.epochs(run)).toEqual([1, 2, 3].map((epoch) => epochRecord(epoch)));
  expect(again.traces(run).map(({ values }) => values)).toEqual(
    [1, 2, 3].map((epoch) => ({ ...formerValues(epoch), expectedParameters: 7 })),
  );
  expect(again.traces(run)[2]?.tables['gamma']).toHaveLength(9);
  expect(again.getRun(run).trace).toEqual(zoDartsPlusPlus.trace(searchConfig.space));
  again.close();
});
