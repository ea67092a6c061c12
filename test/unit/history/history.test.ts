import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from 'vitest';
import type {
  NewSample,
  ReadableHistory,
  StoredDataset,
  WritableHistory,
} from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import type { ModelSummary } from '../../../src-main/vocabulary/model.js';
import {
  epochRecord,
  genotype,
  retrainConfig,
  retrainResult,
  searchConfig,
  searchResult,
  exampleTrace,
  temporaryFolder,
} from './fixtures.js';

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

const append = (run: number, epoch: number, changes = {}): void =>
  history.appendEpoch(run, epochRecord(epoch, changes), exampleTrace(epoch), {
    checkpoint: `checkpoint-${epoch}`,
    seconds: epoch,
    secondsLeft: 10 - epoch,
  });

test('the data version changes with what another connection writes, and only with that', async () => {
  const { history: other } = await openHistory(home.folder);
  const versions: number[] = [];
  const note = (): void => void versions.push(history.dataVersion());
  note();
  history.setSetting('view', '1');
  note();
  other.setSetting('window', '1');
  note();
  other.setSetting('window', '2');
  note();
  other.close();
  const [first = NaN, own, theirs = NaN, again = NaN] = versions;
  expect(own).toBe(first);
  expect(theirs).not.toBe(own);
  expect(again).not.toBe(theirs);
  expect(versions.every(Number.isSafeInteger)).toBe(true);
});

test('a reader cannot write', () => {
  // @ts-expect-error a reader cannot write
  expectTypeOf<ReadableHistory['createRun']>().toBeFunction();
});

describe('a new run', () => {
  test('is queued, has a number, a folder and its settings in it', () => {
    const run = history.createRun(searchConfig, { name: 'Brüste, klein' });
    expect(run).toBe(1);
    const { summary, config, folder, result, owner } = history.getRun(run);
    expect(summary).toEqual({
      run: 1,
      kind: 'search',
      name: 'Brüste, klein',
      state: 'queued',
      dataset: 'breastmnist',
      synthetic: false,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      finishedAt: null,
      epoch: 0,
      epochs: 50,
      seed: 3,
      budget: { lower: 0, upper: 222000 },
      expectedParameters: null,
      parameters: null,
      searchValidation: null,
      test: null,
      seconds: 0,
      secondsLeft: null,
      tags: [],
      note: '',
      error: null,
      queuePosition: null,
    });
    expect({ config, folder, result, owner }).toEqual({
      config: searchConfig,
      folder: join(home.folder, 'runs', '1'),
      result: null,
      owner: null,
    });
    const manifest = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as { config: unknown };
    expect(manifest.config).toEqual(searchConfig);
  });

  test('is named after what it does when nobody names it', () => {
    history.createRun(searchConfig);
    const run = history.createRun(retrainConfig, { name: '  ' });
    expect(history.getRun(run).summary).toMatchObject({
      ...{ name: 'retrain breastmnist 2', epochs: 6, seed: 7, budget: null },
    });
  });

  test('never gets the number of a deleted one, nor a folder that is there already', () => {
    history.createRun(searchConfig);
    history.deleteRun(history.createRun(searchConfig));
    expect(history.createRun(searchConfig)).toBe(3);
    mkdirSync(history.runFolder(4));
    expect(history.createRun(searchConfig)).toBe(5);
    expect(readdirSync(history.runFolder(4))).toEqual([]);
    expect(readdirSync(history.runFolder(5))).toEqual(['config.json']);
    expect(history.listRuns().map(({ run }) => run)).toEqual([5, 3, 1]);
  });

  test('is synthetic when the dataset with its content is', () => {
    history.addDataset({ ...dataset, synthetic: true });
    expect(history.getRun(history.createRun(searchConfig)).summary.synthetic).toBe(true);
  });
});

describe('epochs', () => {
  test('come back bit for bit, α β γ too, in order and from any point on', () => {
    const run = history.createRun(searchConfig);
    for (let epoch = 1; epoch <= 4; epoch++) append(run, epoch);
    expect(history.epochs(run)).toEqual([1, 2, 3, 4].map((epoch) => epochRecord(epoch)));
    expect(history.traces(run)).toEqual([1, 2, 3, 4].map((epoch) => exampleTrace(epoch)));
    expect(history.epochs(run, 3)).toEqual([epochRecord(4)]);
    expect(history.traces(run, 3)).toEqual([exampleTrace(4)]);
    expect(Object.is(history.traces(run)[0]?.tables['alpha']?.[1], -0)).toBe(true);
    expect(history.getRun(run)).toMatchObject({
      checkpoint: 'checkpoint-4',
      summary: {
        epoch: 4,
        searchValidation: { accuracy: 0.404, auc: null },
        test: null,
        expectedParameters: 250000,
        seconds: 4,
        secondsLeft: 6,
      },
    });
  });

  test('keep NaN and infinities apart from "has none"', () => {
    const run = history.createRun(searchConfig);
    const odd = {
      loss: NaN,
      accuracy: Infinity,
      validationLoss: -Infinity,
      validationAccuracy: NaN,
    };
    history.appendEpoch(run, epochRecord(1, odd), exampleTrace(1, { expectedParameters: NaN, phase: null }), {
      checkpoint: 'c',
      seconds: 1,
      secondsLeft: null,
    });
    expect(history.epochs(run)).toEqual([epochRecord(1, odd)]);
    expect(history.traces(run)[0]?.values).toMatchObject({ expectedParameters: NaN, phase: null });
    expect(history.listRuns()[0]).toMatchObject({
      searchValidation: { accuracy: NaN, auc: null },
      expectedParameters: NaN,
    });
  });

  test('a search says what its validation measured last, never what it measured on the images it trains with', () => {
    const run = history.createRun(searchConfig);
    const none = { validationLoss: null, validationAccuracy: null };
    const said = () => history.getRun(run).summary.searchValidation;
    append(run, 1, none);
    expect(said()).toBeNull();
    append(run, 2, { validationAccuracy: 0.7, validationAuc: 0.8 });
    append(run, 3, none);
    expect(said()).toEqual({ accuracy: 0.7, auc: 0.8 });
    append(run, 2, none);
    expect(said()).toBeNull();
    history.claimRun(run);
    history.finishRun(run, searchResult, 1);
    expect(history.getRun(run).summary).toMatchObject({ searchValidation: null, test: null });
  });

  test('the validation of a retraining is not that of a search', () => {
    const run = history.createRun(retrainConfig);
    append(run, 1, { seed: 7, validationAccuracy: 0.9 });
    expect(history.getRun(run).summary).toMatchObject({ epoch: 1, searchValidation: null, test: null });
  });

  test('computed again after a resume replace their row and all after it', () => {
    const run = history.createRun(searchConfig);
    for (let epoch = 1; epoch <= 4; epoch++) append(run, epoch);
    append(run, 3, { loss: 99 });
    expect(history.epochs(run)).toEqual([epochRecord(1), epochRecord(2), epochRecord(3, { loss: 99 })]);
    expect(history.traces(run)).toHaveLength(3);
    expect(history.getRun(run).summary.epoch).toBe(3);
  });

  test('of a retraining count on over its seeds', () => {
    const run = history.createRun(retrainConfig);
    for (const seed of [7, 8]) for (const epoch of [1, 2, 3]) append(run, epoch, { seed });
    expect(history.epochs(run).map(({ seed, epoch }) => [seed, epoch])).toEqual([
      ...[1, 2, 3].map((epoch) => [7, epoch]),
      ...[1, 2, 3].map((epoch) => [8, epoch]),
    ]);
    expect(history.epochs(run, 4)).toHaveLength(2);
    expect(history.getRun(run).summary.epoch).toBe(6);
    append(run, 3, { seed: 7 });
    expect(history.epochs(run)).toHaveLength(3);
  });
});

describe('states', () => {
  test('a run is taken by one process only, while that lives', () => {
    const run = history.createRun(searchConfig);
    history.claimRun(run);
    expect(history.getRun(run).owner?.pid).toBe(process.pid);
    expect(() => history.claimRun(run)).toThrow(
      `Run ${run} is running in process ${process.pid}: pause or cancel it there.`,
    );
    expect(() => history.deleteRun(run)).toThrow(`Run ${run} is running: cancel it before you delete it.`);
    expect(history.interruptDeadRuns()).toEqual([]);
  });

  test('a run whose worker still lives is not taken, deleted or cancelled until it is gone', () => {
    const run = history.createRun(searchConfig);
    history.claimRun(run);
    history.setWorker(run, { pid: process.pid, started: '', boot: '' });
    history.moveRun(run, 'interrupted', { reason: 'its window was closed' });
    for (const take of [
      () => history.claimRun(run),
      () => history.queueRun(run),
      () => history.deleteRun(run),
      () => history.requestControl(run, 'cancel'),
    ]) {
      expect(take).toThrow(
        `The last process of run ${run} (${process.pid}) is still ending: try again in a few seconds.`,
      );
    }
    expect(history.queue()).toEqual([]);
    expect(history.getRun(run).summary.state).toBe('interrupted');
    expect(existsSync(history.runFolder(run))).toBe(true);
  });

  test('why a run failed, paused or was interrupted is kept until it goes on', () => {
    const run = history.createRun(searchConfig);
    history.claimRun(run);
    history.moveRun(run, 'failed', {
      error: { name: 'UserError', kind: 'loss-not-finite', message: 'The loss is NaN.' },
    });
    expect(history.getRun(run)).toMatchObject({
      error: { kind: 'loss-not-finite' },
      summary: { error: 'The loss is NaN.' },
    });
    history.claimRun(run);
    expect(history.getRun(run)).toMatchObject({ error: null, reason: null, summary: { error: null } });
    history.moveRun(run, 'paused', { reason: 'Not enough space' });
    expect(history.getRun(run)).toMatchObject({ reason: 'Not enough space', summary: { error: 'Not enough space' } });
  });
});

describe('requests', () => {
  test('reach a running run once; cancelling is final', () => {
    const run = history.createRun(searchConfig);
    history.claimRun(run);
    expect(history.takeControl(run)).toBeNull();
    expect(history.requestControl(run, 'pause')).toBe('requested');
    expect(history.requestControl(run, 'cancel')).toBe('requested');
    expect(history.requestControl(run, 'pause')).toBe('requested');
    expect(history.controlRequest(run)).toBe('cancel');
    expect([history.takeControl(run), history.takeControl(run)]).toEqual(['cancel', null]);
  });

  test('to a run that is not running cancel it at once; pausing it makes no sense', () => {
    const run = history.createRun(searchConfig, { queue: true });
    expect(() => history.requestControl(run, 'pause')).toThrow(
      `Run ${run} is queued: only a running one can be paused.`,
    );
    expect(history.requestControl(run, 'cancel')).toBe('done');
    expect(history.getRun(run).summary).toMatchObject({ state: 'cancelled', queuePosition: null });
    expect(() => history.requestControl(run, 'cancel')).toThrow(
      `Run ${run} is cancelled and cannot become cancelled: start a new one.`,
    );
  });
});

describe('the queue', () => {
  test('keeps its order, takes a new one, and holds only runs that were put into it', () => {
    const [a, b, c] = [1, 2, 3].map(() => history.createRun(searchConfig, { queue: true })) as [number, number, number];
    history.createRun(searchConfig);
    expect(history.queue()).toEqual([a, b, c]);
    history.reorderQueue([c, 99, a, c]);
    expect(history.queue()).toEqual([c, a, b]);
    history.claimRun(c);
    history.queueRun(a);
    expect(history.queue()).toEqual([b, a]);
    history.moveRun(c, 'paused');
    history.queueRun(c);
    history.queueRun(b, false);
    expect(history.queue()).toEqual([a, c]);
    expect(history.getRun(b).summary).toMatchObject({ state: 'queued', queuePosition: null });
  });
});

describe('the list', () => {
  test('is newest first and narrows by everything at once', () => {
    const first = history.createRun(searchConfig, { name: 'Small BAND' });
    const second = history.createRun(retrainConfig, { name: 'again' });
    const third = history.createRun({ ...searchConfig, dataset: { ...searchConfig.dataset, name: 'pneumoniamnist' } });
    history.setTags(first, ['paper', ' keep ', 'paper', '']);
    history.setTags(third, ['paper']);
    history.setNote(third, 'compare with the Small one');
    history.claimRun(second);
    const numbers = (filter?: Parameters<WritableHistory['listRuns']>[0]): number[] =>
      history.listRuns(filter).map(({ run }) => run);
    expect(numbers()).toEqual([third, second, first]);
    expect(numbers({ limit: 2 })).toEqual([third, second]);
    expect(numbers({ runs: [first, second] })).toEqual([second, first]);
    expect(numbers({ states: ['running', 'failed'] })).toEqual([second]);
    expect(numbers({ kind: 'search', text: 'small' })).toEqual([third, first]);
    expect(numbers({ dataset: 'pneumoniamnist', tag: 'paper' })).toEqual([third]);
    expect(numbers({ text: "50%_'" })).toEqual([]);
    expect(history.listRuns({ runs: [first] })[0]?.tags).toEqual(['keep', 'paper']);
    expect(history.listTags()).toEqual([
      { tag: 'keep', runs: 1 },
      { tag: 'paper', runs: 2 },
    ]);
  });
});

describe('the end of a run', () => {
  test('of a search leaves its result and its architecture, once', () => {
    const run = history.createRun(searchConfig);
    history.claimRun(run);
    append(run, 1);
    history.finishRun(run, searchResult, 77.5);
    expect(history.getRun(run)).toMatchObject({
      result: searchResult,
      genotype,
      summary: {
        state: 'finished',
        parameters: 200001,
        expectedParameters: 199000.25,
        seconds: 77.5,
        secondsLeft: null,
      },
    });
    expect(history.getRun(run).summary.finishedAt).not.toBeNull();
    expect(history.architectures(run)).toMatchObject([
      { source: 'result', genotype, parameters: 200001, logProbability: null },
    ]);
    expect(() => history.finishRun(run, searchResult, 1)).toThrow('cannot become finished');
    expect(history.architectures(run)).toHaveLength(1);
  });

  test('of a retraining leaves its models, which know their search, files and bundles', () => {
    const search = history.createRun(searchConfig);
    const run = history.createRun({ ...retrainConfig, searchRun: search }, { name: 'final' });
    history.claimRun(run);
    history.finishRun(run, retrainResult, 3);
    expect(history.getRun(run).summary).toMatchObject({
      searchValidation: null,
      test: { networks: 2, accuracy: { value: 0.86 }, auc: { value: NaN, interval: null } },
      parameters: 198000,
    });
    const [low, high] = history.getRun(run).summary.test?.accuracy.interval ?? [];
    // Images alone: 0.05 to each side; the two seeds differ by 0.02.
    expect(low).toBeCloseTo(0.86 - 0.0549, 3);
    expect(high).toBeCloseTo(0.86 + 0.0549, 3);
    const [second, first] = history.listModels(run) as [ModelSummary, ModelSummary];
    expect(first).toMatchObject({
      run,
      searchRun: search,
      name: 'final',
      seed: 7,
      accuracy: 0.85,
      auc: 0.9,
      bundles: [],
    });
    expect(history.getModel(second.model)).toMatchObject({
      genotype,
      result: retrainResult.models[1],
      file: join(home.folder, 'runs', String(run), 'model-seed-8.safetensors'),
    });
    const bundle = history.addBundle(first.model, '/out/final-1', false);
    history.setBundleVerified(bundle, true);
    expect(history.listModels()[1]?.bundles).toMatchObject([{ bundle, folder: '/out/final-1', verified: true }]);
    history.removeBundle(bundle);
    expect(history.getModel(first.model).summary.bundles).toEqual([]);
  });

  test('deleting removes everything of the run and its folder, and nothing else', () => {
    const kept = history.createRun(searchConfig);
    const run = history.createRun(retrainConfig);
    append(run, 1);
    history.claimRun(run);
    history.finishRun(run, retrainResult, 1);
    history.addBundle(history.listModels(run)[0]?.model ?? 0, '/out', true);
    history.setTags(run, ['x']);
    history.deleteRun(run);
    expect(history.findRun(run)).toBeNull();
    expect([history.epochs(run), history.traces(run), history.listModels(), history.listTags()]).toEqual([
      [],
      [],
      [],
      [],
    ]);
    expect(existsSync(history.runFolder(run))).toBe(false);
    expect(existsSync(history.runFolder(kept))).toBe(true);
  });
});

const dataset: StoredDataset = {
  id: 'breastmnist',
  name: 'BreastMNIST',
  description: 'Ultrasound',
  path: '/data/breastmnist.npz',
  sha256: searchConfig.dataset.sha256,
  bytes: 559580,
  md5Matches: true,
  task: 'binary-class',
  labels: ['malignant', 'normal, benign'],
  channels: 1,
  size: 28,
  samples: { train: 546, val: 78, test: 156 },
  licence: 'CC BY 4.0',
  synthetic: false,
  horizontalFlip: true,
};

test('datasets are added, replaced and removed', () => {
  const other = { ...dataset, id: 'file:00', name: 'Another', md5Matches: null, licence: null };
  history.addDataset(dataset);
  history.addDataset(other);
  history.addDataset({ ...dataset, path: '/moved.npz' });
  expect(history.listDatasets()).toEqual([other, { ...dataset, path: '/moved.npz' }]);
  history.removeDataset('file:00');
  expect(history.findDataset('file:00')).toBeNull();
});

describe('architectures drawn from a search', () => {
  const draws = (parameters: readonly number[]): NewSample[] =>
    parameters.map((parameters) => ({
      ...{ genotype, parameters, multiplyAccumulates: 2 ** 40, logProbability: -12.25 - parameters },
    }));
  const kept = (run: number) =>
    history.architectures(run).map(({ architecture, parameters, seed }) => [architecture, parameters, seed]);

  test('keep their order, each with its number and the seed of the draws', () => {
    const run = history.createRun(searchConfig);
    expect(history.keepSamples(run, 9, draws([3, 1, 2]))).toEqual([1, 2, 3]);
    expect(history.architectures(run)).toMatchObject(
      draws([3, 1, 2]).map((draw) => ({ ...draw, source: 'sample', seed: 9 })),
    );
    expect(history.getArchitecture(2)).toMatchObject({ architecture: 2, run, parameters: 1, genotype });
  });

  test('are kept once, however often and however many are drawn', () => {
    const run = history.createRun(searchConfig);
    for (const list of [[3, 1], [3, 1, 2], [3, 1, 2], [3]]) {
      expect(history.keepSamples(run, 9, draws(list))).toEqual([1, 2, 3].slice(0, list.length));
    }
    history.keepSamples(run, 8, draws([3, 1]));
    expect(kept(run)).toEqual([
      [1, 3, 9],
      [2, 1, 9],
      [3, 2, 9],
      [4, 3, 8],
      [5, 1, 8],
    ]);
  });

  test('make room for those of a later epoch with their seed, and their numbers are not given again', () => {
    const run = history.createRun(searchConfig);
    history.keepSamples(run, 9, draws([3, 1]));
    history.keepSamples(run, 8, draws([4]));
    expect(history.keepSamples(run, 9, draws([3, 7]))).toEqual([4, 5]);
    expect(kept(run)).toEqual([
      [3, 4, 8],
      [4, 3, 9],
      [5, 7, 9],
    ]);
    expect(() => history.getArchitecture(1)).toThrow(
      'There is no architecture 1 in the history: "medforge sample RUN --list" shows those drawn from a search.',
    );
  });
});

test('names, notes, moved datasets and settings', () => {
  const run = history.createRun(searchConfig);
  history.renameRun(run, 'renamed');
  history.setNote(run, 'line 1\nline 2');
  history.moveDataset(run, '/new place/breastmnist.npz');
  expect(history.getRun(run)).toMatchObject({
    summary: { name: 'renamed', note: 'line 1\nline 2' },
    dataset: { ...searchConfig.dataset, path: '/new place/breastmnist.npz' },
  });
  expect(history.getSetting('view')).toBeNull();
  history.setSetting('view', { place: 'history', run: null });
  history.setSetting('view', { place: 'models', run });
  expect(history.getSetting('view')).toEqual({ place: 'models', run });
});

test.each<[string, (history: WritableHistory) => unknown, string]>([
  ['getRun', (h) => h.getRun(9), 'There is no run 9 in the history: "medforge runs list" shows the runs.'],
  ['claimRun', (h) => h.claimRun(9), 'There is no run 9 in the history: "medforge runs list" shows the runs.'],
  ['renameRun', (h) => h.renameRun(9, 'x'), 'There is no run 9 in the history: "medforge runs list" shows the runs.'],
  ['setTags', (h) => h.setTags(9, []), 'There is no run 9 in the history: "medforge runs list" shows the runs.'],
  ['deleteRun', (h) => h.deleteRun(9), 'There is no run 9 in the history: "medforge runs list" shows the runs.'],
  [
    'requestControl',
    (h) => h.requestControl(9, 'pause'),
    'There is no run 9 in the history: "medforge runs list" shows the runs.',
  ],
  ['getModel', (h) => h.getModel(9), 'There is no model 9 in the history: "medforge models list" shows the models.'],
  ['setBundleVerified', (h) => h.setBundleVerified(9, true), 'There is no bundle 9 in the history.'],
])('%s of something that is not there says so', (_, action, message) => {
  expect(() => action(history)).toThrow(message);
});
