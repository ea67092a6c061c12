import { AxeBuilder } from '@axe-core/playwright';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { NpyArray } from '../../src-main/datasets/npy.js';
import { encodeNpz } from '../../src-main/datasets/npz-writer.js';
import { chooseFiles, expect, inMain, type Program, test } from './program.js';

const SIDE = 20;
const COUNTS = { train: 60, val: 20, test: 20 } as const;
type Part = keyof typeof COUNTS;

/** Images of noise, no two alike, but for those that are planted. */
function imagesOf(seed: number): { readonly [part in Part]: Uint8Array[] } {
  let state = seed;
  const next = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 16;
  const draw = (count: number): Uint8Array[] =>
    Array.from({ length: count }, () => Uint8Array.from({ length: SIDE * SIDE }, () => 20 + (next() % 200)));
  return { train: draw(COUNTS.train), val: draw(COUNTS.val), test: draw(COUNTS.test) };
}

/**
 * A dataset of two classes in which test image 0 is training image 4, test image 1 a brighter training image 6 of the other class,
 * test image 2 validation image 8, and validation image 3 is black.
 */
function writePlanted(path: string, seed: number): void {
  const images = imagesOf(seed);
  images.test[0] = images.train[4]!;
  images.test[1] = images.train[6]!.map((value) => Math.round(0.8 * value + 30));
  images.test[2] = images.val[8]!;
  images.val[3] = new Uint8Array(SIDE * SIDE);
  const arrays: Record<string, NpyArray> = {};
  for (const part of ['train', 'val', 'test'] as const) {
    const count = COUNTS[part];
    const pixels = Uint8Array.from(images[part].flatMap((image) => [...image]));
    arrays[`${part}_images`] = { dtype: 'uint8', shape: [count, SIDE, SIDE], data: pixels };
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
    arrays[`${part}_labels`] = { dtype: 'uint8', shape: [count, 1], data: labels };
  }
  writeFileSync(path, Buffer.concat(encodeNpz(arrays)));
}

async function addPlanted({ electron, page, home }: Program, seed = 7): Promise<string> {
  const path = join(home, 'planted.npz');
  writePlanted(path, seed);
  await chooseFiles(electron, [path]);
  await page.getByRole('navigation').getByRole('button', { name: 'Datasets', exact: true }).click();
  await page.evaluate(async () => void (await window.medforge.invoke('datasets:add')));
  await page
    .getByRole('option', { name: /^planted/ })
    .first()
    .click();
  return path;
}

const serious = async ({ page }: Program): Promise<string[]> =>
  (await new AxeBuilder({ page }).setLegacyMode().analyze()).violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);

const reportOf = (page: Page) => page.getByRole('region', { name: 'Health report' });

/** Presses Tab until a button of this name has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let press = 0; press < 80; press++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => document.activeElement?.textContent.trim() ?? '');
    if (name.test(focused)) return;
  }
  throw new Error(`no Tab leads to ${String(name)}`);
}

test('a dataset is checked, its pairs are seen, and its cleaned copy is chosen', async ({ program }) => {
  const { page, home, electron } = program;
  test.setTimeout(240_000);
  const path = await addPlanted(program);
  const source = readFileSync(path);
  const report = reportOf(page);
  await expect(report.getByText(/Not checked yet/)).toBeVisible();
  await page.getByRole('option', { name: /^planted/ }).focus();
  await tabTo(page, /^Check this dataset$/);
  await page.keyboard.press('Enter');
  await expect(report.getByText(/^\d serious, /)).toBeVisible({ timeout: 60_000 });

  const findings = report.getByRole('list', { name: 'Findings' });
  for (const sentence of [
    /^Serious\s*1 test image has a twin in the training or validation set with a different label/,
    /^Serious\s*3 test images of 20 \(15\.0 %\) have an identical \(2\) or near-identical/,
    /^Warning\s*1 validation image of 20 is black and shows nothing/,
  ]) {
    await expect(findings.getByRole('listitem').filter({ hasText: sentence })).toHaveCount(1);
  }
  await expect(report.getByRole('row', { name: /Test images with a twin in the training set/ })).toContainText('2');

  const pairs = report.getByRole('list', { name: /^Pairs, the worst first/ });
  await expect(pairs.getByRole('listitem')).toHaveCount(3);
  const worst = pairs.getByRole('listitem').first();
  await expect(worst).toContainText('Labels differ.');
  await expect(worst).toContainText('Test 1');
  await expect(worst).toContainText('Training 6');
  await expect(worst).toContainText(/Correlation 0\.99\d\d, mean difference \d+\.\d of 255/i);
  await expect(worst.getByRole('img')).toHaveCount(3);
  await expect(pairs.getByRole('img', { name: 'Training image 4' })).toBeVisible();
  const loaded = await pairs
    .getByRole('img')
    .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
  // two identical pairs have no picture of a difference
  expect(loaded).toEqual([SIDE, SIDE, SIDE, SIDE, SIDE, SIDE, SIDE]);

  for (const theme of ['light', 'dark'] as const) {
    await inMain(electron, ({ nativeTheme }, to) => void (nativeTheme.themeSource = to), theme);
    await expect
      .poll(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches))
      .toBe(theme === 'dark');
    expect(await serious(program)).toEqual([]);
    await report.evaluate((element) => element.scrollIntoView());
    await program.picture(`80-health-${theme}`);
  }

  const make = report.getByRole('button', { name: 'Make a cleaned copy…' });
  await make.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Make a cleaned copy of “planted”' });
  await expect(dialog.getByLabel(/2 training and 1 validation images with a twin in the test set/)).toBeChecked();
  await expect(
    dialog.getByText(/The copy\s+keeps\s+58 of 60 training,\s+19 of 20 validation and 20 of 20/),
  ).toBeVisible();
  await dialog.getByLabel(/1 test image whose label contradicts/).check();
  await expect(dialog.getByText(/2 training, 1 validation and 1 test images will be left out/)).toBeVisible();
  expect(await serious(program)).toEqual([]);
  await program.picture('81-cleaned-copy');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(make).toBeFocused();
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Name of the copy').fill('BreastMNIST');
  await dialog.getByRole('button', { name: 'Make the copy' }).click();
  await expect(dialog.getByRole('alert').first()).toContainText(
    '"BreastMNIST" could be confused with BreastMNIST, which this file is not: choose another name.',
  );
  await dialog.getByLabel('Name of the copy').fill('Planted without twins');
  await dialog.getByRole('button', { name: 'Make the copy' }).click();
  await expect(dialog).toBeHidden({ timeout: 60_000 });
  await expect(page.getByRole('heading', { name: 'Planted without twins' })).toBeVisible();
  await expect(page.getByRole('option', { name: /^Planted without twins/ })).toHaveAttribute('aria-selected', 'true');
  await expect(
    page.getByText('“Planted without twins” was made without 2 training and 1 validation images'),
  ).toBeVisible();
  expect(readFileSync(path).equals(source)).toBe(true);
  expect(readdirSync(join(home, 'datasets'))).toEqual([
    expect.stringMatching(/^planted-without-twins-[0-9a-f]{8}\.npz$/),
  ]);

  await page.getByRole('button', { name: 'Check the copy' }).click();
  await expect(report.getByText(/No image is identical or near-identical/)).toBeVisible({ timeout: 60_000 });
  await expect(make).toBeDisabled();
  const copy = await page.evaluate(async () =>
    (await window.medforge.invoke('datasets:list')).find(({ name }) => name === 'Planted without twins'),
  );
  expect(copy?.samples).toEqual({ train: 58, val: 19, test: 20 });
});

test('a report is kept, and is said to be of other contents once the file has others', async ({ program }) => {
  const { page } = program;
  test.setTimeout(240_000);
  const path = await addPlanted(program);
  const report = reportOf(page);
  await report.getByRole('button', { name: 'Check this dataset' }).click();
  await expect(report.getByText(/checked \d{4}-\d\d-\d\d/)).toBeVisible({ timeout: 60_000 });
  await page.reload();
  await page.getByRole('option', { name: /^planted/ }).click();
  await expect(report.getByText(/checked \d{4}-\d\d-\d\d/)).toBeVisible();
  await expect(report.getByRole('list', { name: /^Pairs/ }).getByRole('img')).toHaveCount(7);

  writePlanted(path, 8);
  await page.reload();
  await page.getByRole('option', { name: /^planted/ }).click();
  await expect(report.getByText(/This report is of the former contents/)).toBeVisible();
  await expect(report.getByRole('button', { name: 'Check again' })).toBeDisabled();
  await expect(report.getByRole('button', { name: 'Make a cleaned copy…' })).toBeDisabled();

  await chooseFiles(program.electron, [path]);
  await page.getByRole('button', { name: 'Add a file…' }).click();
  await expect(report.getByText(/is of other\s+contents that this file had/)).toBeVisible();
  await expect(report.getByRole('button', { name: 'Check this dataset' })).toBeEnabled();
});
