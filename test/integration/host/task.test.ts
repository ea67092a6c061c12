import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppDatasetList } from '../../../src-main/app/dataset-list.js';
import { openHistory } from '../../../src-main/history/open.js';
import type { DatasetEntry } from '../../../src-main/ipc/contract.js';
import { TaskRunner } from '../../../src-main/jobs/task-runner.js';
import { temporaryFolder } from '../../unit/history/fixtures.js';
import { forks, isRunning, type Forks } from './fork.js';
import { writeTinyDataset } from './tiny-dataset.js';

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
  const { added, refused } = await datasets.add([home]);
  expect(added.map(({ name }) => name)).toEqual(['tiny']);
  expect(refused.map(({ message }) => message.includes('bad.npz'))).toEqual([true]);
  expect(sent.at(-1)?.[0]).toMatchObject({ name: 'tiny', file: { name: 'tiny.npz', size: 28 } });
  expect(() => datasets.file('breastmnist')).toThrow(
    'BreastMNIST is not on this machine yet: add its file or download it.',
  );
  expect(() => datasets.file('nothing')).toThrow('There is no dataset nothing: choose one of the list.');
  await expect(datasets.add([join(home, 'runs-of-nobody')])).resolves.toMatchObject({ added: [], refused: [{}] });
  datasets.remove(added[0]?.id ?? '');
  expect(datasets.list()).toHaveLength(12);
  history.close();
});
