import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bundleName } from '../../../src-main/actions/model-provenance.js';
import { exportModel } from '../../../src-main/actions/export-model.js';
import type { BundleRequest, WrittenBundle } from '../../../src-main/jobs/bundle-writer.js';
import type { WritableHistory } from '../../../src-main/history/interface.js';
import { openHistory } from '../../../src-main/history/open.js';
import { retrainConfig, searchConfig, temporaryFolder } from '../history/fixtures.js';
import { finishRetraining, finishSearch } from './finished-runs.js';

let home: ReturnType<typeof temporaryFolder>;
let history: WritableHistory;
let requests: BundleRequest[];
beforeEach(async () => {
  home = temporaryFolder();
  ({ history } = await openHistory(home.folder));
  finishSearch(history);
  finishRetraining(history);
  requests = [];
});
afterEach(() => {
  history.close();
  home.remove();
});

const write = (request: BundleRequest): Promise<WrittenBundle> => {
  requests.push(request);
  return Promise.resolve({
    folder: '/out/bundle-1.0.0',
    bytes: 7,
    check: { images: 78, largestDifference: 0 } as never,
  });
};

it('asks for the model of the retraining with its origin, and enters the bundle into the history', async () => {
  const exported = await exportModel({ history, write }, 1, { folder: '/out' });
  expect(requests).toMatchObject([
    {
      model: join(history.runFolder(2), 'model-seed-7.safetensors'),
      dataset: retrainConfig.dataset,
      folder: '/out',
      version: null,
      context: {
        name: 'breastmnist-retrained-seed-7',
        triton: false,
        run: 2,
        searchRun: 1,
        budget: searchConfig.budget,
        seeds: { seeds: [7, 8] },
      },
    },
  ]);
  expect(exported).toMatchObject({ bundle: 1, folder: '/out/bundle-1.0.0', bytes: 7 });
  expect(history.getModel(1).summary.bundles).toMatchObject([
    { bundle: 1, folder: '/out/bundle-1.0.0', verified: true },
  ]);
});

it('takes name, version and the Triton repository from the caller', async () => {
  await exportModel({ history, write }, 2, { folder: '/out', name: 'mine', version: '2.1.0', triton: true });
  expect(requests).toMatchObject([{ version: '2.1.0', context: { name: 'mine', triton: true } }]);
});

it('a bundle that could not be written is not in the history', async () => {
  const failing = (): Promise<WrittenBundle> => Promise.reject(new Error('full'));
  await expect(exportModel({ history, write: failing }, 1, { folder: '/out' })).rejects.toThrow('full');
  await expect(exportModel({ history, write }, 9, { folder: '/out' })).rejects.toMatchObject({ kind: 'model-unknown' });
  expect(history.listModels().flatMap(({ bundles }) => bundles)).toEqual([]);
});

it.each([
  ['RetinaMNIST', 'retrain RetinaMNIST 2', 1, 'retinamnist-retrain-2-seed-1'],
  ['BreastMNIST', 'Retrained', 7, 'breastmnist-retrained-seed-7'],
  ['data', 'data', 3, 'data-seed-3'],
  ['Set', 'Sunset Setting', 1, 'set-sunset-setting-seed-1'],
  ['Höhe 28', 'zweiter Versuch', 1, 'hohe-28-zweiter-versuch-seed-1'],
  ['研究', '研究', 1, 'model-seed-1'],
  ['data', 'x'.repeat(5000), 4294967295, `data-${'x'.repeat(39)}-seed-4294967295`],
])('the bundle of %s, %.30s, seed %i is %s', (dataset, name, seed, expected) => {
  const made = bundleName({ dataset, name, seed });
  expect(made).toBe(expected);
  expect(made.length).toBeLessThanOrEqual(60);
});
