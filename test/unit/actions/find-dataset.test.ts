import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findRunDataset } from '../../../src-main/actions/find-dataset.js';
import { addDataset } from '../../../src-main/actions/add-dataset.js';
import { findFile } from '../../../src-main/datasets/find-file.js';
import { inspectDataset } from '../../../src-main/datasets/medmnist.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { medmnistArrays, npz } from '../datasets/fixtures.js';
import { searchConfig, temporaryFolder } from '../history/fixtures.js';

let place: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let file: string;
/** Two runs on the file, one on another content of the same name. */
let runs: number[];

beforeEach(async () => {
  place = temporaryFolder();
  ({ history } = await openHistory(join(place.folder, 'home')));
  file = join(place.folder, 'data.npz');
  const content = npz(medmnistArrays());
  writeFileSync(file, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const dataset = { name: 'data', path: file, sha256, bytes: content.length };
  const other = { ...dataset, sha256: 'ab'.repeat(32) };
  runs = [dataset, dataset, other].map((dataset) => history.createRun({ ...searchConfig, dataset }));
  addDataset(history, await inspectDataset(file));
});
afterEach(() => {
  history.close();
  place.remove();
});

const pathOf = (run: number): string => history.getRun(run).dataset.path;

test.each([
  ['the file under another name', 'renamed.bin', 'renamed.bin'],
  ['a folder', 'deep/er/data of 2026.npz', 'deep'],
])('%s is known by its content, for every run and list entry that lost it', async (_, now, named) => {
  const path = join(place.folder, now);
  mkdirSync(join(path, '..'), { recursive: true });
  renameSync(file, path);
  // Of the same size, first in order, and another content.
  const decoy = join(path, '..', 'a decoy.npz');
  writeFileSync(decoy, Buffer.alloc(history.getRun(runs[0]!).dataset.bytes));

  const found = await findRunDataset({ history, find: findFile }, runs[0]!, join(place.folder, named));
  expect(found).toEqual({ path, runs: [runs[0], runs[1]] });
  expect(runs.map(pathOf)).toEqual([path, path, file]);
  expect(history.listDatasets().map((entry) => entry.path)).toEqual([path]);
});

test('another run whose file is still there keeps it', async () => {
  const copy = join(place.folder, 'copy.npz');
  writeFileSync(copy, npz(medmnistArrays()));
  expect(await findRunDataset({ history, find: findFile }, runs[0]!, copy)).toEqual({ path: copy, runs: [runs[0]] });
  expect(runs.map(pathOf)).toEqual([copy, file, file]);
});

test.each([
  ['another content', (at: string) => writeFileSync(at, 'something else'), 'is not this file and does not contain it'],
  ['a folder without it', (at: string) => void mkdirSync(at), 'is not this file and does not contain it'],
  ['nothing', () => undefined, 'cannot be read (ENOENT'],
])('%s changes nothing, and says what is looked for', async (_, make, why) => {
  const at = join(place.folder, 'place');
  make(at);
  const { sha256, bytes } = history.getRun(runs[0]!).dataset;
  await expect(findRunDataset({ history, find: findFile }, runs[0]!, at)).rejects.toMatchObject({
    kind: 'dataset-not-found',
    message: expect.stringContaining(`The dataset of run ${runs[0]!} was not found: ${at} ${why}`) as string,
  });
  await expect(findRunDataset({ history, find: findFile }, runs[0]!, at)).rejects.toThrow(
    `It is the file of data with ${bytes} bytes and SHA-256 ${sha256}: choose that file, under any name`,
  );
  expect(runs.map(pathOf)).toEqual([file, file, file]);
});
