import { join } from 'node:path';
import type { BackendReport, SearchRequest } from '../../src-main/ipc/contract.js';
import type { LabelledImages } from '../../src-main/datasets/dataset.js';
import { tinyDataset } from '../unit/training/tiny-dataset.js';
import { writeNpz } from '../unit/training/tiny-npz.js';
import { startSearch } from './datasets.js';
import { chooseFiles, expect, inMain, startProgram, test as base, type Program } from './program.js';
import { reaches } from './run-states.js';

/**
 * Chromium's own software renderer in the place of a graphics card: so slow that only the smallest runs can be tried on it. The
 * feature Vulkan is the program's own to ask for.
 */
const SOFTWARE_CARD = [
  '--use-vulkan=swiftshader',
  '--use-webgpu-adapter=swiftshader',
  '--ignore-gpu-blocklist',
  '--use-gl=angle',
  '--use-angle=swiftshader',
];

const FEW = 6;

/** Starts the program on a machine that has a card for WebGPU, if only a slow one. */
export function startWithCard(home: string): Promise<Program> {
  return startProgram(home, { args: SOFTWARE_CARD });
}

/** `card` is the program on such a machine; a test may close it itself. */
export const test = base.extend<{ card: Program }>({
  card: async ({ home }, use) => {
    const program = await startWithCard(home);
    await use(program);
    await program.close().catch(() => undefined);
  },
});

/** Adds a dataset of six images of 12 × 12 pixels in each set. @returns its id */
export async function addSmallestDataset({ electron, page, home }: Program): Promise<string> {
  const path = join(home, 'smallest.npz');
  const { parts, ...dataset } = tinyDataset({ size: 12 });
  const few = ({ images, labels }: LabelledImages): LabelledImages => ({
    images: { ...images, count: FEW, pixels: images.pixels.subarray(0, FEW * 144) },
    labels: { ...labels, count: FEW, values: labels.values.subarray(0, FEW) },
  });
  writeNpz({ ...dataset, parts: { train: few(parts.train), val: few(parts.val), test: few(parts.test) } }, path);
  await chooseFiles(electron, [path]);
  const added = await page.evaluate(async () => (await window.medforge.invoke('datasets:add')) ?? []);
  if (!added[0]) throw new Error(`${path} was not added`);
  return added[0].id;
}

/** What the program says of WebGPU. */
export async function cardOf({ page }: Program): Promise<BackendReport> {
  const found = await page.evaluate(() => window.medforge.invoke('devices:list'));
  return found.find(({ name }) => name === 'webgpu')!;
}

/** Number of the process that draws, and computes. */
export function graphicsProcess({ electron }: Program): Promise<number> {
  return inMain(electron, ({ app }) => app.getAppMetrics().find(({ type }) => type === 'GPU')?.pid ?? 0);
}

/** Numbers of the processes of pages that compute. */
export function computePages({ electron }: Program): Promise<number[]> {
  return inMain(electron, ({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .map(({ webContents }) => webContents)
      .filter((contents) => contents.getURL().endsWith('/compute.html'))
      .map((contents) => contents.getOSProcessId()),
  );
}

/** The smallest search that there is, on the card. */
export const SMALLEST = { epochs: 1, batch: 2, channels: 4, cells: 1, backend: 'webgpu' } as const;

/** Epochs that no test waits for: a run that must still be there. */
export const LONG = 3000;

/** Starts a search on the card. @returns it and the process of its page, once that is there */
export async function startOnCard(
  program: Program,
  dataset: string,
  change: Partial<SearchRequest> = {},
): Promise<{ run: number; page: number }> {
  const run = await startSearch(program.page, dataset, { ...SMALLEST, ...change });
  return { run, page: await computing(program, run) };
}

/** Waits until a run computes in a page. @returns the process of the page */
export async function computing(program: Program, run: number): Promise<number> {
  await reaches(program.page, run, 'running');
  await expect.poll(() => computePages(program)).toHaveLength(1);
  return (await computePages(program))[0]!;
}

/** Waits until a run that computes in a page has opened the card: what befalls that before is no fault of the run. */
export async function openedCard({ page }: Program, run: number): Promise<void> {
  const last = async (): Promise<string | undefined> => {
    const log = await page.evaluate((number) => window.medforge.invoke('runs:log', number), run);
    return log.split('\n').findLast((line) => / (started at|paused after|error) /.test(line));
  };
  await expect.poll(last, { timeout: 90_000 }).toMatch(/ started at epoch .* \(webgpu, /);
}
