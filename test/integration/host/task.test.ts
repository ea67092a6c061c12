import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { useBackend } from '../../../src-main/compute/index.js';
import { loadDataset } from '../../../src-main/datasets/medmnist.js';
import { writeModel } from '../../../src-main/training/model-file.js';
import { tinyModel } from '../../unit/training/tiny-model.js';
import { AppDatasetList } from '../../../src-main/app/dataset-list.js';
import { openHistory } from '../../../src-main/history/open.js';
import type { DatasetEntry } from '../../../src-main/ipc/contract.js';
import { TaskRunner } from '../../../src-main/jobs/task-runner.js';
import { temporaryFolder } from '../../unit/history/fixtures.js';
import { forks, isRunning, type Forks } from './fork.js';
import { writeTinyDataset } from './tiny-dataset.js';

const exportContext = {
  run: null,
  searchRun: null,
  budget: null,
  seeds: null,
  finding: null,
  operatingPoint: null,
  createdAt: '2026-01-01T00:00:00.000Z',
};

let folder: ReturnType<typeof temporaryFolder>;
let home: string;
let workers: Forks;
let tasks: TaskRunner;

beforeEach(() => {
  folder = temporaryFolder();
  home = folder.folder;
  workers = forks();
  tasks = new TaskRunner(workers.launch);
});
afterEach(() => {
  tasks.killAll();
  folder.remove();
});

const gone = (): Promise<void> =>
  vi.waitFor(() => expect(workers.pids.filter(isRunning)).toEqual([]), { timeout: 20_000 });

describe('a task', () => {
  test('answers from a process of its own, which then ends', async () => {
    const { path, sha256 } = await writeTinyDataset(home);
    const description = await tasks.run({ name: 'dataset:inspect', path });
    expect(description).toMatchObject({ sha256, classes: 2, samples: { train: 96, val: 32, test: 32 } });
    const { balance, samples } = await tasks.run({ name: 'dataset:samples', path, perClass: 3 });
    expect(balance).toEqual([
      [48, 16, 16],
      [48, 16, 16],
    ]);
    expect(samples.map(({ images }) => images.length)).toEqual([3, 3]);
    expect(workers.pids).toHaveLength(2);
    await gone();
  });

  test('passes on what the user can act on', async () => {
    const path = join(home, 'page.npz');
    writeFileSync(path, '<html>');
    await expect(tasks.run({ name: 'dataset:inspect', path })).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(path) as unknown,
    });
    await gone();
  });

  test('that is stopped ends at once', async () => {
    const { path } = await writeTinyDataset(home);
    const abort = new AbortController();
    const task = tasks.run({ name: 'dataset:samples', path, perClass: 1 }, { signal: abort.signal });
    await vi.waitFor(() => expect(workers.pids).toHaveLength(1));
    abort.abort(new Error('changed my mind'));
    await expect(task).rejects.toThrow('changed my mind');
    await gone();
  });

  test('whose process dies says how', async () => {
    const file = join(home, 'dying.mjs');
    writeFileSync(file, 'process.on("message", () => process.exit(7));');
    const dying = new TaskRunner(forks(file).launch);
    await expect(dying.run({ name: 'devices' })).rejects.toMatchObject({
      kind: 'task-died',
      message: 'The process of the task "devices" crashed (exit code 7).',
    });
  });

  test('waits while two others are at work', async () => {
    const { path } = await writeTinyDataset(home);
    const all = Promise.all([1, 2, 3, 4].map(() => tasks.run({ name: 'dataset:inspect', path })));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(workers.pids).toHaveLength(2);
    expect(await all).toHaveLength(4);
  });

  test('that waits is stopped at once, and the others go on', async () => {
    const { path } = await writeTinyDataset(home);
    const inspect = (signal?: AbortSignal): Promise<unknown> =>
      tasks.run({ name: 'dataset:inspect', path }, signal ? { signal } : {});
    const abort = new AbortController();
    const [first, second] = [inspect(), inspect()];
    const ended: string[] = [];
    const waiting = inspect(abort.signal).catch((error: unknown) => ended.push((error as Error).message));
    const last = inspect().then(() => ended.push('the last'));
    abort.abort(new Error('changed my mind'));
    await waiting;
    // Before any of the others has ended, and without a process of its own.
    expect(ended).toEqual(['changed my mind']);
    expect(workers.pids).toHaveLength(2);
    await Promise.all([first, second, last]);
    expect(workers.pids).toHaveLength(3);
    await expect(inspect(abort.signal)).rejects.toThrow('changed my mind');
    expect(workers.pids).toHaveLength(3);
  });

  test('that waits when the program ends is not started any more', async () => {
    const { path } = await writeTinyDataset(home);
    const all = Promise.allSettled([1, 2, 3].map(() => tasks.run({ name: 'dataset:inspect', path })));
    await vi.waitFor(() => expect(workers.pids).toHaveLength(2));
    tasks.killAll();
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(workers.pids).toHaveLength(2);
    await gone();
  });
});

describe('an export of many images', () => {
  /** Long enough that each of these steps takes longer than a cancellation may. */
  const IMAGES = 40_000;
  test.each(['evaluate', 'run the test set in onnxruntime', 'write the files'])(
    'is cancelled within a second in the middle of "%s", by itself, and leaves nothing',
    async (step) => {
      const { path, sha256, bytes } = await writeTinyDataset(home, 0, { test: IMAGES });
      await useBackend('native', { threads: 1 });
      const model = join(home, 'model.safetensors');
      await writeModel(model, await tinyModel(await loadDataset(path)));
      const out = join(home, 'bundles');
      const abort = new AbortController();
      let askedAt = 0;
      const exported = tasks.run(
        {
          name: 'model:export',
          model,
          dataset: { name: 'tiny', path, sha256, bytes },
          folder: out,
          version: null,
          context: { ...exportContext, name: 'tiny', triton: false },
        },
        {
          signal: abort.signal,
          // It ends by itself: nobody comes to end it.
          cleanUp: 250_000,
          onProgress: (progress) => {
            if (progress.step !== step) return;
            // Now it is at work; the message that ends it finds it there.
            setTimeout(() => {
              askedAt = performance.now();
              abort.abort();
            }, 50);
          },
        },
      );
      await expect(exported).rejects.toThrow('Cancelled.');
      expect(performance.now() - askedAt).toBeLessThan(1000);
      expect(readdirSync(out)).toEqual([]);
      await gone();
    },
  );
});

test('a backup of the history is confirmed in a process of its own, and a copy that is not whole is no backup', async () => {
  const { history } = await openHistory(home);
  const confirm = (file: string): Promise<boolean> => tasks.run({ name: 'history:confirm', file });
  expect(await history.backup(true, confirm)).toBe(join(home, 'backups', 'medforge-000001.db'));
  expect(workers.pids).toHaveLength(1);
  const spoilt = history.backup(true, (file) => {
    writeFileSync(file, 'spoilt');
    return confirm(file);
  });
  await expect(spoilt).rejects.toThrow('could not be verified');
  expect(readdirSync(join(home, 'backups'))).toEqual(['medforge-000001.db']);
  history.close();
});

test('the list of datasets shows the catalogue, files of the user first, and takes a folder with good and bad files', async () => {
  const { history } = await openHistory(home);
  const sent: DatasetEntry[][] = [];
  const datasets = new AppDatasetList(history, tasks, (entries) => sent.push(entries));
  expect(datasets.list()).toHaveLength(12);
  await writeTinyDataset(home);
  writeFileSync(join(home, 'bad.npz'), 'nothing');
  const { added, refused } = await datasets.add([home], () => Promise.resolve(null));
  expect(added.map(({ name }) => name)).toEqual(['tiny']);
  expect(refused.map(({ message }) => message.includes('bad.npz'))).toEqual([true]);
  expect(sent.at(-1)?.[0]).toMatchObject({ name: 'tiny', file: { name: 'tiny.npz', size: 28 } });
  expect(() => datasets.file('breastmnist')).toThrow(
    'BreastMNIST is not on this computer yet: add its file or download it.',
  );
  expect(() => datasets.file('nothing')).toThrow('There is no dataset nothing: choose one from the list.');
  await expect(datasets.add([join(home, 'runs-of-nobody')], () => Promise.resolve(null))).resolves.toMatchObject({
    added: [],
    refused: [{}],
  });
  datasets.remove(added[0]?.id ?? '');
  expect(datasets.list()).toHaveLength(12);
  history.close();
});
