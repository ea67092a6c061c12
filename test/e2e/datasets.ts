import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { SearchRequest } from '../../src-main/ipc/contract.js';
import type { NpyArray } from '../../src-main/datasets/npy.js';
import { encodeNpz } from '../../src-main/datasets/npz-writer.js';
import { writeTinyDataset } from '../integration/host/tiny-dataset.js';
import { chooseFiles, ROOT, type Program } from './program.js';

const BREAST = join(ROOT, '..', 'shared', 'data', 'breastmnist.npz');
/** The real BreastMNIST file, or null where it is absent. */
export const breast = existsSync(BREAST) ? BREAST : null;

/** Adds a dataset of a few images through the window's own channel. @returns its id */
export async function addTinyDataset({ electron, page, home }: Program): Promise<string> {
  const { path } = await writeTinyDataset(home);
  await chooseFiles(electron, [path]);
  const added = await page.evaluate(async () => (await window.medforge.invoke('datasets:add')) ?? []);
  const [entry] = added;
  if (!entry) throw new Error(`${path} was not added`);
  return entry.id;
}

/** Adds a dataset of two labels that an image may have both or none of: bright above, bright on the left. @returns its id */
export async function addMultiLabelDataset({ electron, page, home }: Program): Promise<string> {
  const size = 28;
  const part = (name: string, count: number): [string, NpyArray][] => {
    const labels = Uint8Array.from({ length: 2 * count }, (_, i) => ((i >> 1) >> (i % 2)) % 2);
    const pixels = Uint8Array.from({ length: count * size * size }, (_, i) => {
      const [image, row, column] = [Math.floor(i / size ** 2), Math.floor(i / size) % size, i % size];
      const bright = (labels[2 * image] === 1 && row < size / 2) || (labels[2 * image + 1] === 1 && column < size / 2);
      return ((i * 37) % 96) + (bright ? 128 : 0);
    });
    return [
      [`${name}_images`, { dtype: 'uint8', shape: [count, size, size], data: pixels }],
      [`${name}_labels`, { dtype: 'uint8', shape: [count, 2], data: labels }],
    ];
  };
  const path = join(home, 'two-labels.npz');
  const arrays = Object.fromEntries<NpyArray>([...part('train', 96), ...part('val', 32), ...part('test', 40)]);
  writeFileSync(path, Buffer.concat(encodeNpz(arrays)));
  await chooseFiles(electron, [path]);
  const added = await page.evaluate(async () => (await window.medforge.invoke('datasets:add')) ?? []);
  if (!added[0]) throw new Error(`${path} was not added`);
  return added[0].id;
}

/** Starts a search of short epochs on the tiny dataset. @returns the run */
export function startSearch(page: Page, dataset: string, change: Partial<SearchRequest> = {}): Promise<number> {
  const request: SearchRequest = {
    dataset,
    budget: { lower: 0, upper: 1_000_000 },
    epochs: 6,
    batch: 16,
    channels: 4,
    cells: 1,
    seed: 3,
    backend: 'native',
    threads: 0,
    method: 'zo-darts++',
    settings: {},
    race: null,
    ...change,
  };
  return page.evaluate((asked) => window.medforge.invoke('search:start', asked), request);
}
