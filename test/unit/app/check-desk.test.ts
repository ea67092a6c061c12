import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addDataset } from '../../../src-main/actions/add-dataset.js';
import { CheckDesk } from '../../../src-main/app/check-desk.js';
import { AppDatasetList } from '../../../src-main/app/dataset-list.js';
import { inspectDataset } from '../../../src-main/datasets/medmnist.js';
import { ownFile } from '../../../src-main/datasets/own-file.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import type { PushChannels } from '../../../src-main/ipc/contract.js';
import type { TaskRunner } from '../../../src-main/jobs/task-runner.js';
import { runTask } from '../../../src-main/jobs/worker-tasks.js';
import { writePlanted } from '../datasets/health/made.js';
import { temporaryFolder } from '../history/fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let desk: CheckDesk;
let path: string;
let id: string;
let pushed: PushChannels['datasets:working'][];

beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
  path = writePlanted(join(home.folder, 'made.npz'));
  id = addDataset(history, await inspectDataset(path)).id;
  pushed = [];
  // the tasks themselves, without a process of their own
  const tasks: Pick<TaskRunner, 'run'> = {
    run: (request, options) =>
      runTask(request, options?.onProgress ?? (() => undefined), options?.signal ?? new AbortController().signal),
  };
  const list = new AppDatasetList(history, tasks as TaskRunner, () => undefined);
  desk = new CheckDesk(history, tasks, list, {
    send: (channel, payload) => {
      if (channel === 'datasets:working') pushed.push(payload as PushChannels['datasets:working']);
    },
  });
});
afterEach(() => {
  history.close();
  home.remove();
});

const wanted = (name: string) => ({ name, trainingTwins: true, conflictingTest: false });
const files = (): string[] => readdirSync(join(home.folder, 'datasets'));

test('a check says how far it is, keeps its report and shows its pairs', async () => {
  expect(desk.health(id)).toEqual({ kept: null, formerlyCheckedAt: null });
  await expect(desk.pairs(id, 0, 6)).rejects.toMatchObject({
    kind: 'health-unchecked',
    message: 'Made was not checked yet: check it first.',
  });
  const found = await desk.check(id);
  expect(pushed[0]).toMatchObject({ dataset: id, progress: { step: 'reading the images' } });
  expect(pushed.at(-1)).toEqual({ dataset: id, progress: null });
  expect(desk.health(id)).toEqual(found);
  const pictures = await desk.pairs(id, 0, 6);
  expect(pictures).toHaveLength(found!.kept!.report.twins.pairs.length);
  // the worst pair is identical, the next a brighter copy
  expect(pictures.map(({ difference }) => difference === null)).toEqual([true, false]);
  expect(pictures[1]!.difference!.largest).toBeGreaterThan(0);
  for (const { images } of pictures) for (const image of images) expect(image).toMatch(/^data:image\/png;base64,/);
});

test('a check that is cancelled keeps nothing, and another may follow', async () => {
  const checking = desk.check(id);
  await expect(desk.check(id)).rejects.toMatchObject({
    kind: 'dataset-busy',
    message: 'Made is being checked or copied already: wait, or cancel that.',
  });
  desk.stop(id);
  expect(await checking).toBeNull();
  expect(pushed.at(-1)).toEqual({ dataset: id, progress: null });
  expect(desk.health(id).kept).toBeNull();
  expect((await desk.check(id))?.kept).not.toBeNull();
});

test('a copy that is cancelled leaves no file', async () => {
  const making = desk.clean(id, wanted('Copy'));
  expect(desk.writing).toEqual(['Copy']);
  await desk.stopAll();
  expect(await making).toBeNull();
  expect(files()).toEqual([]);
  expect(desk.writing).toEqual([]);
  expect(history.listDatasets()).toHaveLength(1);
});

test('a copy takes no name that the data folder has', async () => {
  const made = await desk.clean(id, wanted(' Copy '));
  expect(made).toMatchObject({
    entry: { name: 'Copy', own: true },
    cleaned: { removed: { train: 1, val: 1, test: 0 } },
  });
  const before = files();
  await expect(desk.clean(id, wanted('Copy'))).rejects.toMatchObject({
    kind: 'clean-name-taken',
    message: `The data folder has a dataset named “Copy” already (${ownFile(home.folder, 'Copy')}): give the copy another name.`,
  });
  await expect(desk.clean(id, wanted('PneumoniaMNIST'))).rejects.toMatchObject({ kind: 'dataset-name' });
  expect(files()).toEqual(before);
});

test('a report of other contents that the file had is told as such, and a changed file is not checked', async () => {
  const { kept } = (await desk.check(id))!;
  const other = writePlanted(join(home.folder, 'other.npz'));
  writeFileSync(path, readFileSync(other));
  await expect(desk.check(id)).rejects.toMatchObject({
    kind: 'health-file-changed',
    message: `${path} has other contents than when it was added to the list: add it again, then check what it holds now.`,
  });
  await expect(desk.pairs(id, 0, 6)).rejects.toMatchObject({ kind: 'health-file-changed' });
  const again = addDataset(history, await inspectDataset(path)).id;
  expect(again).not.toBe(id);
  expect(desk.health(again)).toEqual({ kept: null, formerlyCheckedAt: kept!.checkedAt });
});
