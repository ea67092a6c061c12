import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { encodeNpz } from '../../src-main/datasets/npz-writer.js';
import type { NpyArray } from '../../src-main/datasets/npy.js';
import type { DatasetEntry } from '../../src-main/ipc/contract.js';
import { addTinyDataset, startSearch } from './datasets.js';
import { chooseFiles, expect, inMain, type Program, runOf, test } from './program.js';

const CLASSES = 3;

/** A file whose labels have exactly one 1 in every row. */
function writeOneHot(home: string): string {
  const part = (name: string, count: number): [string, NpyArray][] => [
    [
      `${name}_images`,
      {
        dtype: 'uint8',
        shape: [count, 28, 28],
        data: Uint8Array.from(
          { length: count * 784 },
          (_, i) => ((i * 37) % 96) + 60 * (Math.floor(i / 784) % CLASSES),
        ),
      },
    ],
    [
      `${name}_labels`,
      {
        dtype: 'uint8',
        shape: [count, CLASSES],
        data: Uint8Array.from({ length: count * CLASSES }, (_, n) =>
          Number(Math.floor(n / CLASSES) % CLASSES === n % CLASSES),
        ),
      },
    ],
  ];
  const path = join(home, 'one-hot.npz');
  const arrays = Object.fromEntries<NpyArray>([...part('train', 60), ...part('val', 15), ...part('test', 21)]);
  writeFileSync(path, Buffer.concat(encodeNpz(arrays)));
  return path;
}

/** The question of what labels mean is answered with a button; what was asked is kept. */
async function answerLabels({ electron }: Program, button: 'One Class' | 'Separate Labels' | 'Cancel') {
  await inMain(
    electron,
    ({ dialog }, wanted) => {
      const asked: string[] = [];
      Object.assign(globalThis, { askedLabels: asked });
      dialog.showMessageBox = ((_window: unknown, box: { message: string; buttons: string[] }) => {
        asked.push(box.message);
        return Promise.resolve({ response: box.buttons.indexOf(wanted), checkboxChecked: false });
      }) as never;
    },
    button,
  );
  return (): Promise<string[]> =>
    inMain(electron, () => (globalThis as unknown as { askedLabels: string[] }).askedLabels);
}

const entryOf = (page: Page, name: string): Promise<DatasetEntry | undefined> =>
  page.evaluate(
    async (wanted) => (await window.medforge.invoke('datasets:list')).find((entry) => entry.name === wanted),
    name,
  );

test('a file with one-hot labels asks what they mean, and is what was answered', async ({ program }) => {
  const { page, electron, home } = program;
  const path = writeOneHot(home);
  await page.keyboard.press('Control+1');
  const add = page.getByRole('button', { name: /^Add a (dataset )?file/ }).first();
  const balance = page.getByRole('region', { name: 'Class balance' });

  const cancelled = await answerLabels(program, 'Cancel');
  await chooseFiles(electron, [path]);
  await add.click();
  await expect.poll(cancelled, { timeout: 30_000 }).toEqual(['Does each image of one-hot.npz have exactly one class?']);
  expect(await entryOf(page, 'one-hot')).toBeUndefined();

  const asked = await answerLabels(program, 'One Class');
  await add.click();
  // The first dataset leads to a search on it.
  await expect(page.getByRole('radio', { name: /^one-hot 3 classes/ })).toBeChecked({ timeout: 60_000 });
  await page.keyboard.press('Control+1');
  await expect(page.getByRole('heading', { name: 'one-hot' })).toBeVisible();
  expect(await asked()).toHaveLength(1);
  expect(await entryOf(page, 'one-hot')).toMatchObject({ task: 'multi-class', labels: ['0', '1', '2'] });
  await expect(balance).toBeVisible();
  await program.picture('60-one-hot');
});

test('names of a dataset and its classes are kept with its contents, and new runs have them', async ({ program }) => {
  const { page } = program;
  const id = await addTinyDataset(program);
  await page.keyboard.press('Control+1');
  const panel = page.getByRole('region', { name: 'Names and mirroring' });
  await expect(panel).toBeVisible();
  const save = panel.getByRole('button', { name: 'Save names' });
  await expect(save).toBeDisabled();

  // Two classes of one name could not be told apart.
  await panel.getByLabel('Class 0').fill('normal');
  await panel.getByLabel('Class 1').fill('normal');
  await save.click();
  const unsaved = page.getByText('The names could not be saved');
  await expect(unsaved.first()).toBeVisible();
  await panel.getByLabel('Class 1').fill('pneumonia');
  await panel.getByLabel('Dataset').fill('Chest of Lund');
  await save.click();
  await expect(page.getByRole('heading', { name: 'Chest of Lund' })).toBeVisible();
  await expect(save).toBeDisabled();
  await expect(unsaved).toHaveCount(0);
  await program.picture('61-names');
  expect(await entryOf(page, 'Chest of Lund')).toMatchObject({ id, labels: ['normal', 'pneumonia'] });

  const run = await startSearch(page, id, { epochs: 2 });
  await expect.poll(async () => (await runOf(page, run)).state, { timeout: 120_000 }).toBe('finished');
  const { config } = await page.evaluate((number) => window.medforge.invoke('runs:details', number), run);
  expect(config.dataset).toMatchObject({ name: 'Chest of Lund', reading: { labels: ['normal', 'pneumonia'] } });
});

test('images are mirrored when the switch says so, from the next run on', async ({ program }) => {
  const { page } = program;
  const id = await addTinyDataset(program);
  await page.keyboard.press('Control+1');
  const mirroring = page.getByRole('checkbox', { name: /^Mirror training images left to right/ });
  const flipOf = async (run: number): Promise<boolean | undefined> =>
    (await page.evaluate((number) => window.medforge.invoke('runs:details', number), run)).config.dataset.reading
      ?.horizontalFlip;
  await expect(mirroring).not.toBeChecked();
  await expect(page.getByText('training images are not mirrored')).toBeVisible();
  const before = await startSearch(page, id, { epochs: 1, name: 'before' });

  await mirroring.check();
  await expect(page.getByText('training images are mirrored left to right at random')).toBeVisible();
  const after = await startSearch(page, id, { epochs: 1, name: 'after' });
  expect([await flipOf(before), await flipOf(after)]).toEqual([false, true]);

  await page.reload();
  await page.keyboard.press('Control+1');
  await expect(mirroring).toBeChecked();
  await mirroring.uncheck();
  await expect(page.getByText('training images are not mirrored')).toBeVisible();
  for (const run of [before, after]) {
    await expect.poll(async () => (await runOf(page, run)).state, { timeout: 120_000 }).toBe('finished');
  }
});
