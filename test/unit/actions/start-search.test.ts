import { afterEach, beforeEach, expect, it } from 'vitest';
import { addDataset } from '../../../src-main/actions/add-dataset.js';
import { searchDataset, startSearch } from '../../../src-main/actions/start-search.js';
import type { DatasetDescription } from '../../../src-main/datasets/medmnist.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { writeTinyDataset } from '../../integration/host/tiny-dataset.js';
import { temporaryFolder } from '../history/fixtures.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let tiny: DatasetDescription;
beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
  tiny = await writeTinyDataset(home.folder);
});
afterEach(() => {
  history.close();
  home.remove();
});

it('a search is the same whether its dataset was just inspected or is in the list', () => {
  const choices = { budget: { lower: 0, upper: 90_000 }, epochs: 2, channels: 8, cells: 2, seed: 4 };
  const inspected = startSearch(history, tiny, choices, { name: 'A' });
  const listed = startSearch(history, searchDataset(addDataset(history, tiny)), choices, { name: 'A', queue: true });
  expect(history.getRun(listed).config).toEqual(history.getRun(inspected).config);
  expect(history.getRun(inspected).summary).toMatchObject({ name: 'A', state: 'queued', queuePosition: null });
  expect(history.getRun(listed).summary).toMatchObject({ name: 'A', state: 'queued', queuePosition: 1 });
});

it('a search that cannot be leaves no run', () => {
  expect(() => startSearch(history, tiny, { budget: { lower: 1, upper: 2 } })).toThrow(
    'has 1 to 2 parameters; the nearest is 72,498 above',
  );
  expect(history.listRuns()).toEqual([]);
});
