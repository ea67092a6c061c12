import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect } from '../../../src-main/history/database.js';
import { MIGRATIONS } from '../../../src-main/history/migrations/index.js';
import { openHistory } from '../../../src-main/history/open.js';
import { exactInterval } from '../../../src-main/statistics/proportion.js';
import { retrainConfig, retrainResult, temporaryFolder } from './fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  home = temporaryFolder();
});
afterEach(() => home.remove());

const SHA = retrainConfig.dataset.sha256;

/** The test set as a version wrote it before classes had their images counted: 42 malignant, 114 others, none of a third. */
const former = {
  part: 'test',
  images: 156,
  accuracy: 0.75,
  auc: 0.8,
  accuracyInterval: [0.68, 0.81],
  aucInterval: [0.72, 0.87],
  perClass: [
    { label: 'malignant', sensitivity: 0.5, specificity: 96 / 114, precision: 0.5, f1: 0.5 },
    { label: 'other', sensitivity: 96 / 114, specificity: 0.5, precision: 0.8, f1: 0.8 },
  ],
  confusion: [
    [21, 21],
    [18, 96],
  ],
  roc: [],
};

async function formerDatabase(results: readonly string[]): Promise<void> {
  (await openHistory(home.folder, { migrations: MIGRATIONS.slice(0, 4) })).history.close();
  const database = connect(join(home.folder, 'medforge.db'));
  results.forEach((model, index) => {
    database
      .prepare(
        `INSERT INTO runs (run, kind, name, state, dataset, synthetic, created_at, epoch, epochs, seed, config, result,
           test_networks, test_accuracy, test_auc)
         VALUES (?, 'retrain', 'before', 'finished', 'breastmnist', 0, '2026-11-01T00:00:00.000Z', 3, 3, 7, ?, ?, 1, 0.75, 0.8)`,
      )
      .run(index + 1, JSON.stringify(retrainConfig), `{"kind":"retrain","models":[${model}],"summary":{},"seconds":1}`);
    database
      .prepare(
        `INSERT INTO models (run, seed, parameters, accuracy, auc, result, created_at)
         VALUES (?, 7, 198000, 0.75, 0.8, ?, '2026-11-01T00:00:00.000Z')`,
      )
      .run(index + 1, model);
  });
  database.close();
}

const modelOf = (test: object): string => {
  const { metrics: _, multiplyAccumulates: __, weightBytes: ___, ...rest } = retrainResult.models[0]!;
  return JSON.stringify({ ...rest, metrics: { validation: test, test } });
};

test('models and retrainings of before get every figure that follows from what was kept', async () => {
  await formerDatabase([modelOf(former), '{"seed":7']);
  const defaultFinding = (): number => 0;
  const { history } = await openHistory(home.folder, { defaultFinding });
  const [unreadable, model] = history.listModels();
  const balanced = (0.5 + 96 / 114) / 2;
  const expected = {
    balancedAccuracy: { value: expect.closeTo(balanced, 12) as number, interval: null },
    finding: {
      label: 'malignant',
      sensitivity: { value: 0.5, interval: exactInterval(21, 42) },
      specificity: { value: 96 / 114, interval: exactInterval(96, 114) },
    },
  };
  expect(model).toMatchObject({
    sha256: SHA,
    test: {
      ...expected,
      accuracy: { value: 0.75, interval: [0.68, 0.81] },
      auc: { value: 0.8, interval: [0.72, 0.87] },
    },
    multiplyAccumulates: null,
    weightBytes: null,
    timing: null,
    recipe: { epochs: 3, batch: 16, selection: 'last' },
    recipeText: expect.stringMatching(/^3 epochs, batch 16/) as string,
  });
  expect(history.listRuns({ runs: [1] })[0]!.test).toMatchObject(expected);
  // What cannot be read is there, and says so when it is opened.
  expect(unreadable).toMatchObject({
    sha256: SHA,
    test: { balancedAccuracy: { value: NaN, interval: null }, finding: null },
  });
  expect(() => history.getModel(unreadable!.model)).toThrow('cannot be read');

  // The user's own finding counts, and none is none.
  history.chooseFinding(SHA, { class: 1 });
  expect(history.listModels()[1]!.test.finding?.label).toBe('other');
  history.chooseFinding(SHA, { class: null });
  expect(history.listModels()[1]!.test.finding).toBeNull();
  history.close();
});

test('another evaluation completes a model and the means of its retraining', async () => {
  await formerDatabase([modelOf(former)]);
  const { history } = await openHistory(home.folder, { defaultFinding: () => 0 });
  const { metrics } = retrainResult.models[0]!;
  history.keepMeasured(1, { metrics, multiplyAccumulates: 5, weightBytes: 6 });
  const { test: figures, ...model } = history.listModels()[0]!;
  expect(model).toMatchObject({
    model: 1,
    multiplyAccumulates: 5,
    weightBytes: 6,
    createdAt: '2026-11-01T00:00:00.000Z',
  });
  expect(figures.balancedAccuracy).toEqual({
    value: metrics.test.balancedAccuracy,
    interval: metrics.test.balancedAccuracyInterval,
  });
  expect(history.listRuns()[0]!.test).toEqual({ networks: 1, ...figures });
  expect(() => history.keepMeasured(9, { metrics, multiplyAccumulates: 5, weightBytes: 6 })).toThrow(
    'There is no model 9',
  );
  history.close();
});
