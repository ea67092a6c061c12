import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { estimateRetraining } from '../../../src-main/actions/estimate-retraining.js';
import { MeasuredTimes } from '../../../src-main/actions/measured-times.js';
import { startRetraining } from '../../../src-main/actions/start-retraining.js';
import type { DatasetDescription } from '../../../src-main/datasets/medmnist.js';
import { UserError } from '../../../src-main/errors.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { retrainHandlers } from '../../../src-main/ipc/handlers/retrain.js';
import type { HandlerContext } from '../../../src-main/ipc/handler-context.js';
import type { RetrainConfig } from '../../../src-main/vocabulary/run-config.js';
import { finishSearch } from './finished-runs.js';
import { genotype, retrainConfig, searchConfig, temporaryFolder } from '../history/fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let search: number;
beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
  search = finishSearch(history);
});
afterEach(() => {
  history.close();
  home.remove();
});

const READING = { labels: ['malignant', 'normal, benign'], horizontalFlip: true };

/** What stands on the disk where the search had its file. */
function onDisk(changes: Partial<DatasetDescription> = {}): (path: string) => Promise<DatasetDescription> {
  return (path) =>
    Promise.resolve({
      ...searchConfig.dataset,
      path,
      channels: 1,
      classes: 2,
      ...READING,
      catalogueId: 'breastmnist',
      synthetic: false,
      samples: { train: 546, val: 78, test: 156 },
      ...changes,
    } as DatasetDescription);
}

const changed = onDisk({ sha256: 'cd'.repeat(32) });
const { path } = searchConfig.dataset;
const refusal =
  `${path} has changed since run 1 searched on it: put the original file back, or train on the ` +
  `new one with medforge retrain 1 --dataset ${path}`;

describe('a retraining of what a search found', () => {
  it('trains that architecture on the file of the search, and names the search as its origin', async () => {
    const run = await startRetraining({ history, inspect: onDisk() }, { run: search }, { epochs: 3, seeds: [5, 6] });
    expect(history.getRun(run)).toMatchObject({
      summary: { kind: 'retrain', state: 'queued', queuePosition: null, synthetic: false },
      config: {
        genotype,
        searchRun: search,
        seeds: [5, 6],
        epochs: 3,
        dataset: { ...searchConfig.dataset, reading: READING },
        space: searchConfig.space,
      },
    });
  });

  it('is estimated without being created, and what was measured of exactly it stays with it until it runs', async () => {
    const times = new MeasuredTimes();
    const context = { history, inspect: onDisk() };
    const measure = (config: RetrainConfig) => {
      times.remember(config, 9600);
      const needs = { memory: null, disk: { needed: 1e6, free: 1e9 }, warnings: [] };
      return Promise.resolve({ seconds: 9600, imagesPerSecond: 900, stepsPerEpoch: 9, needs });
    };
    const asked = { epochs: 500, seeds: [1, 2, 3] };
    const estimate = await estimateRetraining({ ...context, measure }, { run: search }, asked);
    expect(estimate).toMatchObject({ seconds: 9600, config: { epochs: 500, seeds: [1, 2, 3], genotype } });
    expect(history.listRuns({ kind: 'retrain' })).toEqual([]);

    const secondsOf = async (choices: object): Promise<number | null> =>
      history.getRun(await startRetraining(context, { run: search }, choices, { times })).summary.secondsLeft;
    expect(await secondsOf(asked)).toBe(9600);
    for (const change of [{ epochs: 499 }, { seeds: [1, 2] }, { threads: 1 }, { batch: 8 }, { movingAverage: null }]) {
      expect(await secondsOf({ ...asked, ...change })).toBe(null);
    }
  });

  it('takes its name and its place in the queue from the caller', async () => {
    const options = { name: 'By hand', queue: true };
    const run = await startRetraining({ history, inspect: onDisk() }, { run: search }, {}, options);
    expect(history.getRun(run).summary).toMatchObject({ name: 'By hand', queuePosition: 1 });
  });

  it('is refused when the file of the search has changed: it names the file and the way out', async () => {
    await expect(startRetraining({ history, inspect: changed }, { run: search }, {})).rejects.toMatchObject({
      kind: 'dataset-changed',
      message: refusal,
    });
    expect(history.listRuns({ kind: 'retrain' })).toEqual([]);
  });

  it('is refused when the file of the search is not there any more: it says how to name its new place', async () => {
    const inspect = () => Promise.reject(new UserError('file-missing', 'no such file'));
    await expect(startRetraining({ history, inspect }, { run: search }, {})).rejects.toMatchObject({
      kind: 'dataset-missing',
      message:
        `${path}, which run 1 searched on, is missing: put it back, connect its drive, or find it ` +
        "('medforge runs find-dataset 1 FILE').",
    });
    const elsewhere = startRetraining({ history, inspect }, { run: search, dataset: '/data/new.npz' }, {});
    await expect(elsewhere).rejects.toMatchObject({ kind: 'file-missing' });
  });

  it('is refused by the window with the same words', async () => {
    const tasks = { run: ({ path }: { path: string }) => changed(path) };
    const handlers = retrainHandlers({ history, tasks } as unknown as HandlerContext);
    const choices = { movingAverage: null, classWeighting: false, selection: 'last' } as const;
    const start = handlers['retrain:start']({ run: search, epochs: 1, batch: null, seeds: [1], ...choices });
    await expect(start).rejects.toThrow(refusal);
  });

  it('trains on another file when one is named', async () => {
    const run = await startRetraining({ history, inspect: changed }, { run: search, dataset: '/data/new.npz' }, {});
    expect(history.getRun(run).config).toMatchObject({
      dataset: { path: '/data/new.npz', sha256: 'cd'.repeat(32) },
      searchRun: search,
    });
  });

  it.each([
    ['a search without a result', () => history.createRun(searchConfig, { name: 'S' }), 'Run 2 (S)'],
    ['a retraining', () => history.createRun(retrainConfig, { name: 'R' }), 'Run 2 (R)'],
  ])('is refused for %s', async (_, create, name) => {
    const start = startRetraining({ history, inspect: onDisk() }, { run: create() }, {});
    await expect(start).rejects.toMatchObject({
      kind: 'retrain-source',
      message: `${name} is not a finished search and has no architecture to train: choose a finished search.`,
    });
  });

  it.each([
    ['a run that is not there', { run: 9 }, onDisk(), 'run-unknown'],
    [
      'a file that cannot be read',
      { run: 1 },
      () => Promise.reject(new UserError('file-unreadable', 'no permission')),
      'file-unreadable',
    ],
  ])('is refused for %s', async (_, source, inspect, kind) => {
    await expect(startRetraining({ history, inspect }, source, {})).rejects.toMatchObject({ kind });
  });
});

describe('a retraining of a kept architecture', () => {
  const drawn = { stages: genotype.stages.map((stage) => ({ ...stage, depth: 2 })) };
  const keep = (architecture: typeof genotype): number => {
    const sample = { genotype: architecture, parameters: 1, multiplyAccumulates: 1, logProbability: null };
    return history.keepSamples(search, 1, [sample])[0]!;
  };

  it('trains it on the file of the search, and says that it is not what the search answered', async () => {
    const source = { architecture: keep(drawn) };
    const run = await startRetraining({ history, inspect: onDisk() }, source, { epochs: 3 });
    const { config } = history.getRun(run);
    expect(config).toMatchObject({ genotype: drawn, searchRun: search, drawn: true, space: searchConfig.space });
  });

  it('of the answer of a search is that of the search', async () => {
    const [result] = history.architectures(search);
    const context = { history, inspect: onDisk() };
    const [one, other] = [
      await startRetraining(context, { architecture: result!.architecture }, {}),
      await startRetraining(context, { run: search }, {}),
    ];
    expect(history.getRun(one).config).toEqual(history.getRun(other).config);
  });

  it('fits itself to the classes and channels of another dataset', async () => {
    const labels = Array.from({ length: 8 }, (_, i) => `class ${i}`);
    const inspect = onDisk({ channels: 3, classes: 8, labels, size: 28, sha256: 'cd'.repeat(32) });
    const source = { architecture: keep(drawn), dataset: '/data/blood.npz' };
    const run = await startRetraining({ history, inspect }, source, {});
    expect(history.getRun(run).config).toMatchObject({
      dataset: { path: '/data/blood.npz' },
      space: { ...searchConfig.space, inputChannels: 3, classes: 8 },
    });
  });

  it.each<[string, () => number, (path: string) => Promise<DatasetDescription>, string, string]>([
    [
      'is not there',
      () => 99,
      onDisk(),
      'architecture-unknown',
      'There is no architecture 99 in the history: "medforge sample RUN --list" shows those drawn from a search.',
    ],
    [
      'has a stage without a path',
      () => keep({ stages: genotype.stages.with(1, { depth: 1, operations: new Array<'none'>(6).fill('none') }) }),
      onDisk(),
      'genotype-disconnected',
      'architecture 2: stage 2 has no path from node 0 to node 3: give at least one chain of edges an operation other than none',
    ],
    [
      'was drawn from a search on a file that has changed',
      () => keep(drawn),
      changed,
      'dataset-changed',
      refusal.replace('retrain 1', 'retrain architecture:2'),
    ],
  ])('is refused where it %s', async (_, architecture, inspect, kind, message) => {
    const start = startRetraining({ history, inspect }, { architecture: architecture() }, {});
    await expect(start).rejects.toMatchObject({ kind, message });
    expect(history.listRuns({ kind: 'retrain' })).toEqual([]);
  });
});

it('an architecture written by hand has no search as its origin', async () => {
  const source = { genotype, channels: 8, cells: 3, dataset: '/data/own.npz' };
  const run = await startRetraining({ history, inspect: onDisk({ synthetic: true }) }, source, {});
  expect(history.getRun(run)).toMatchObject({
    summary: { synthetic: true },
    config: { genotype, searchRun: null, space: { channels: 8, cells: 3 }, dataset: { path: '/data/own.npz' } },
  });
});
