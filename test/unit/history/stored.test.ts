import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connect } from '../../../src-main/history/database.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { configSha256 } from '../../../src-main/jobs/checkpoint-format.js';
import { bundleSummarySchema, modelSummarySchema } from '../../../src-main/vocabulary/model.js';
import { runDetailsSchema, runSummarySchema } from '../../../src-main/vocabulary/run.js';
import { epochRecord, retrainConfig, retrainResult, searchConfig, searchResult, exampleTrace } from './fixtures.js';
import { temporaryFolder } from './fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let file: string;
let history: WritableHistory;

beforeEach(async () => {
  home = temporaryFolder();
  file = join(home.folder, 'medforge.db');
  ({ history } = await openHistory(home.folder));
  for (const [config, result] of [
    [searchConfig, searchResult],
    [retrainConfig, retrainResult],
  ] as const) {
    const run = history.createRun(config);
    history.claimRun(run);
    history.appendEpoch(run, epochRecord(1), exampleTrace(1), { checkpoint: 'c', seconds: 1, secondsLeft: null });
    history.finishRun(run, result, 1);
  }
});
afterEach(() => {
  history.close();
  home.remove();
});

/** Changes the file behind the history's back. */
function change(sql: string): void {
  const database = connect(file);
  database.exec(sql);
  database.close();
}

test('runs, models and bundles are what the vocabulary says', () => {
  const [model] = history.listModels();
  history.addBundle(model!.model, '/bundle', true);
  for (const summary of history.listRuns()) expect(runSummarySchema.parse(summary)).toEqual(summary);
  for (const run of [1, 2]) {
    const record = history.getRun(run);
    expect(record).toMatchObject(runDetailsSchema.parse(record));
  }
  for (const found of history.listModels()) expect(modelSummarySchema.parse(found)).toEqual(found);
  expect(
    history.listModels().flatMap(({ bundles }) => bundles.map((bundle) => bundleSummarySchema.parse(bundle))),
  ).toEqual([expect.objectContaining({ folder: '/bundle' })]);
});

describe('what cannot be read is said with its run, its place and a way out', () => {
  const unreadable = (run: number, problem: string): object => ({
    kind: 'history-unreadable',
    message:
      `Run ${run} in ${file} cannot be read (${problem}): delete it with "medforge runs delete ${run}", ` +
      `or put back a backup from ${join(home.folder, 'backups')}.`,
  });

  test.each<[string, string, number, string]>([
    ['a configuration of another shape', `config = json_set(config, '$.epochs', 'many')`, 1, 'config: epochs: '],
    ['a configuration of no known kind', `config = json_set(config, '$.kind', 'guess')`, 1, 'config: kind: '],
    [
      'an operation that there is not',
      `result = json_set(result, '$.genotype.stages[1].operations[2]', 'conv_9x9')`,
      1,
      'result: genotype.stages.1.operations.2: must be one of none, skip_connect',
    ],
    ['a result that is no JSON', `result = '{'`, 2, 'result: it is not JSON'],
  ])('%s', (_, assignment, run, problem) => {
    change(`UPDATE runs SET ${assignment} WHERE run = ${run}`);
    expect(() => history.getRun(run)).toThrow(expect.objectContaining({ kind: 'history-unreadable' }) as Error);
    expect(() => history.getRun(run)).toThrow(`Run ${run} in ${file} cannot be read (${problem}`);
    expect(() => history.getRun(run)).toThrow(
      `): delete it with "medforge runs delete ${run}", or put back a backup from`,
    );
    // The others, and the list with it, stay; it can be deleted.
    expect(history.listRuns().map((summary) => summary.run)).toEqual([2, 1]);
    expect(history.getRun(3 - run).summary.run).toBe(3 - run);
    history.deleteRun(run);
    expect(history.listRuns()).toHaveLength(1);
  });

  test('a model', () => {
    const model = history.listModels(2)[0]!.model;
    change(`UPDATE models SET result = json_remove(result, '$.metrics.test') WHERE model = ${model}`);
    expect(() => history.getModel(model)).toThrow(
      expect.objectContaining(
        unreadable(2, 'result: metrics.test: Invalid input: expected object, received undefined'),
      ) as Error,
    );
  });

  test('a row of no run', () => {
    history.addDataset({
      ...{ id: 'file:a', name: 'a', description: '', path: '/a.npz', sha256: 'a', bytes: 1, md5Matches: null },
      ...{ task: 'multi-class', labels: ['x', 'y'], channels: 1, size: 28, licence: null, synthetic: false },
      horizontalFlip: false,
      samples: { train: 1, val: 1, test: 1 },
    });
    change(`UPDATE datasets SET task = 'guessing'`);
    expect(() => history.listDatasets()).toThrow(
      expect.objectContaining({
        kind: 'history-unreadable',
        message:
          `A row of ${file} cannot be read (task: "guessing" is none of binary-class, multi-class, ordinal-regression, ` +
          `multi-label, binary-class): put back a backup from ${join(home.folder, 'backups')}.`,
      }) as Error,
    );
  });

  test('a history with such a run opens, also after a process was killed', async () => {
    change(`UPDATE runs SET config = '{}' WHERE run = 1`);
    const dead = { pid: 4_194_305, started: '1', boot: 'another' };
    writeFileSync(join(home.folder, 'sessions', `${dead.pid}-1.json`), JSON.stringify(dead));
    const again = await openHistory(home.folder);
    expect(again.history.listRuns()).toHaveLength(2);
    again.history.close();
  });
});

describe('what an earlier version wrote is read', () => {
  test('keys that are unknown are left out, and the run is still that of its checkpoints', () => {
    const before = history.getRun(1).config;
    change(`UPDATE runs SET config = json_set(config, '$.later', 1) WHERE run = 1`);
    expect(history.getRun(1).config).toEqual(before);
    expect(configSha256(history.getRun(1).config)).toBe(configSha256(searchConfig));
  });

  test('settings that could be chosen then', () => {
    change(
      `UPDATE runs SET config = json_set(config, '$.mixup', 16, '$.labelSmoothing', 5, '$.warmupEpochs', 50) WHERE run = 2`,
    );
    expect(history.getRun(2).config).toMatchObject({ mixup: 16, labelSmoothing: 5, warmupEpochs: 50 });
  });
});

test('without its row, a run is read from its folder through the same schemas', async () => {
  const write = (name: string, edit: (json: Record<string, unknown>) => void): void => {
    const path = join(home.folder, 'runs', '1', name);
    const json = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    edit(json);
    writeFileSync(path, JSON.stringify(json));
  };
  expect(existsSync(join(home.folder, 'runs', '1', 'config.json'))).toBe(true);
  write('config.json', (json) => (json['config'] = { kind: 'search' }));
  change('DELETE FROM runs WHERE run = 1');
  const dead = { pid: 4_194_305, started: '1', boot: 'another' };
  writeFileSync(join(home.folder, 'sessions', `${dead.pid}-1.json`), JSON.stringify(dead));
  const again = await openHistory(home.folder);
  expect(again.history.listRuns().map(({ run }) => run)).toEqual([2]);
  again.history.close();
});

test('lists need no schemas, so that the first picture does not wait for them', async () => {
  vi.resetModules();
  const fresh = await import('../../../src-main/history/open.js');
  const { loadStoredSchemas } = await import('../../../src-main/history/stored-json.js');
  history.close();
  const { history: early } = await fresh.openHistory(home.folder, { schemas: 'later' });
  expect(early.listRuns()).toHaveLength(2);
  expect(early.listModels()).toHaveLength(2);
  expect(early.listDatasets()).toEqual([]);
  expect(() => early.getRun(1)).toThrow('the history read a config before loadStoredSchemas had ended');
  await loadStoredSchemas();
  expect(early.getRun(1).config).toEqual(searchConfig);
  early.close();
});
