import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toJsonText } from '../../../src-main/json-numbers.js';
import { connect } from '../../../src-main/history/database.js';
import { MIGRATIONS } from '../../../src-main/history/migrations/index.js';
import { openHistory } from '../../../src-main/history/open.js';
import { epochRecord, retrainConfig, retrainResult, searchConfig, temporaryFolder } from './fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  home = temporaryFolder();
});
afterEach(() => home.remove());

/** As a version wrote it that knew no balanced accuracy and counted no work. */
function formerResult(): unknown {
  return JSON.parse(
    JSON.stringify(retrainResult, (key, value: unknown) => {
      if (['balancedAccuracy', 'balancedAccuracyInterval', 'multiplyAccumulates', 'weightBytes'].includes(key))
        return undefined;
      return typeof value === 'number' && Number.isNaN(value) ? { $number: 'NaN' } : value;
    }),
    (_key, value: unknown) =>
      typeof value === 'object' && value !== null && '$number' in value ? Number(value.$number) : value,
  );
}

/** A history of schema 2, in which `accuracy` was whatever a run had. */
async function formerDatabase(): Promise<void> {
  (await openHistory(home.folder, { migrations: MIGRATIONS.slice(0, 2) })).history.close();
  const database = connect(join(home.folder, 'medforge.db'));
  const insert = database.prepare(
    `INSERT INTO runs (run, kind, name, state, dataset, synthetic, created_at, epoch, epochs, seed, config, result,
       accuracy, auc)
     VALUES (?, ?, ?, 'finished', 'breastmnist', 0, '2026-11-01T00:00:00.000Z', 3, 50, 3, ?, ?, ?, ?)`,
  );
  const [search, retraining] = [toJsonText(searchConfig), toJsonText(retrainConfig)];
  insert.run(1, 'search', 'judged', search, null, 0.42, 0.43);
  insert.run(2, 'search', 'never judged: its accuracy is of the images it trained with', search, null, 0.999, null);
  insert.run(3, 'retrain', 'finished', retraining, toJsonText(formerResult()), 0.86, 'NaN');
  insert.run(4, 'retrain', 'not finished: its accuracy is of the validation set', retraining, null, 0.77, 0.7);
  insert.run(5, 'retrain', 'unreadable', retraining, '{"kind": "retrain"', 0.5, null);
  const epoch = database.prepare('INSERT INTO epochs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const append = (run: number, number: number, accuracy: number | null, auc: number | null): void => {
    const { loss, learningRate } = epochRecord(number);
    epoch.run(run, number, 3, number, loss, 0.999, accuracy, accuracy, auc, learningRate, 1000.5, 0.25);
  };
  append(1, 1, 0.3, 0.35);
  append(1, 2, 0.4, 0.45);
  append(1, 3, null, null);
  append(2, 1, null, null);
  append(4, 1, 0.77, 0.7);
  database.close();
}

test('figures of before get the name of what they are, and what was no validation and no test goes', async () => {
  await formerDatabase();
  const { history, recovery } = await openHistory(home.folder);
  expect(recovery).toBeNull();
  const figures = new Map(
    history.listRuns().map(({ run, searchValidation, test: of }) => [run, [searchValidation, of]]),
  );
  expect(figures.get(1)).toEqual([{ accuracy: 0.4, auc: 0.45 }, null]);
  expect(figures.get(2)).toEqual([null, null]);
  expect(figures.get(3)?.[0]).toBeNull();
  expect(figures.get(3)?.[1]).toMatchObject({
    networks: 2,
    accuracy: { value: 0.86 },
    auc: { value: NaN, interval: null },
  });
  expect(figures.get(4)).toEqual([null, null]);
  expect(figures.get(5)).toEqual([null, null]);
  // As if it had been finished by this version, but for what nobody had measured: the class list is of one class of two.
  const run = history.createRun(retrainConfig);
  history.claimRun(run);
  history.finishRun(run, retrainResult, 3);
  const [before, today] = [history.getRun(3).summary.test, history.getRun(run).summary.test];
  expect(before).toEqual({ ...today, balancedAccuracy: { value: 0.5, interval: null } });
  history.close();
});
