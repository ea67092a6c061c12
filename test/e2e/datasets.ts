import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { SearchRequest } from '../../src-main/ipc/contract.js';
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
