import { AxeBuilder } from '@axe-core/playwright';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { chooseFiles, expect, runOf, test, type Program } from './program.js';

/** Grey PNG files, dark in one folder and bright in the other, and a table that says something else of one of them. */
async function writeImages(folder: string, images: number, side = 20): Promise<void> {
  const rows = ['file;finding;patient'];
  for (let i = 0; i < images; i++) {
    const bright = i % 2 === 1;
    const [inside, name] = [join(folder, bright ? 'bright' : 'dark'), `p${Math.floor(i / 4)}_${i}.png`];
    mkdirSync(inside, { recursive: true });
    const pixels = Uint8Array.from({ length: side * side }, (_, at) => ((at * 31 + i * 7) % 80) + (bright ? 150 : 0));
    const png = await sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
      .png()
      .toBuffer();
    writeFileSync(join(inside, name), png);
    rows.push(`${name};${bright !== (i === 6) ? 'bright' : 'dark'};P${Math.floor(i / 4)}`);
  }
  writeFileSync(join(folder, 'labels.csv'), rows.join('\n'));
}

async function open({ page, electron }: Program, folder: string) {
  await chooseFiles(electron, [folder]);
  await page.getByRole('navigation').getByRole('button', { name: 'Datasets', exact: true }).click();
  await page.getByRole('button', { name: 'Import images…' }).click();
  const dialog = page.getByRole('dialog', { name: /^Import images from/ });
  await expect(dialog).toBeVisible();
  return { dialog, next: dialog.getByRole('button', { name: 'Next' }) };
}

const serious = async ({ page }: Program): Promise<string[]> =>
  (await new AxeBuilder({ page }).setLegacyMode().analyze()).violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);

test('a folder and its table become a dataset, nothing guessed, and a search begins on it', async ({ program }) => {
  const { page, home } = program;
  const folder = join(home, 'lesions');
  await writeImages(folder, 160);
  const { dialog, next } = await open(program, folder);
  await expect(dialog.getByText(/160 images \(160 png\)/)).toBeVisible();
  await expect(next).toBeDisabled();
  await expect(dialog.getByText('Choose whether there is a table.')).toBeVisible();
  await dialog.getByRole('radio', { name: 'labels.csv' }).check();
  await next.click();

  await expect(dialog.getByText(/UTF-8, 3 columns separated by semicolons/)).toBeVisible();
  await expect(dialog.getByText(/questions are open/)).toBeVisible();
  await expect(next).toBeDisabled();
  await dialog.getByLabel('Label', { exact: true }).selectOption({ value: 'column:finding' });
  await dialog.getByLabel('Patient', { exact: true }).selectOption({ value: 'column:patient' });
  await expect(dialog.getByText('One question is open.')).toBeVisible();
  const differ = dialog.getByRole('group', {
    name: /1 image has a different label in the table than in the folder name/,
  });
  await expect(dialog.getByRole('region', { name: 'The first images' }).getByRole('row')).toHaveCount(11);
  expect(await serious(program)).toEqual([]);
  await program.picture('70-import-columns');
  await differ.getByRole('radio', { name: 'Use the label of the folder' }).check();
  await next.click();

  await expect(dialog.getByRole('cell', { name: 'from column “patient”' })).toBeVisible();
  await dialog.getByLabel('Validation, %').fill('20');
  await dialog.getByLabel('Validation, %').blur();
  await expect(dialog.getByText('60 %', { exact: true })).toBeVisible();
  await next.click();
  await expect(dialog.getByText(/brought to 28×28 grey pixels by area/)).toBeVisible();
  await expect(dialog.getByRole('img')).toHaveCount(12);
  await next.click();
  await expect(dialog.getByText('All 160 images were checked.')).toBeVisible();
  await expect(dialog.getByText('No program can rule out')).toBeVisible();
  await expect(dialog.getByRole('list', { name: 'Contact sheet' }).getByRole('img')).toHaveCount(48);
  await program.picture('71-import-check');
  await dialog.getByRole('button', { name: 'Back' }).click();
  await expect(dialog.getByRole('heading', { name: 'Pixels' })).toBeFocused();
  await next.click();
  await next.click();

  await dialog.getByLabel('Name of the dataset').fill('My lesions');
  await dialog.getByLabel('Name of the class of “bright”').fill('malignant');
  await dialog.getByLabel('Name of the class of “bright”').blur();
  await dialog.getByLabel(/^Finding/).selectOption('malignant');
  await expect(dialog.getByLabel(/mirrored image has the same label/)).not.toBeChecked();
  expect(await serious(program)).toEqual([]);
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('heading', { name: 'My lesions' })).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Finding' })).toHaveValue('1');
  await program.picture('72-imported');
  const entry = await page.evaluate(async () =>
    (await window.medforge.invoke('datasets:list')).find(({ name }) => name === 'My lesions'),
  );
  expect(entry).toMatchObject({ labels: ['dark', 'malignant'], finding: 1, channels: 1 });
  expect(Object.values(entry!.samples).reduce((sum, images) => sum + images, 0)).toBe(160);

  await page.getByRole('button', { name: 'Start a search' }).click();
  await expect(page.getByRole('heading', { name: 'New search' })).toBeVisible();
  await expect(page.getByRole('radio', { name: /My lesions/ })).toBeChecked();
  const run = await page.evaluate(
    (dataset) =>
      window.medforge.invoke('search:start', {
        dataset,
        budget: { lower: 0, upper: 1_000_000 },
        epochs: 2,
        batch: 16,
        channels: 4,
        cells: 1,
        seed: 3,
        backend: 'native',
        threads: 0,
        method: 'zo-darts++',
        settings: {},
        race: null,
      }),
    entry!.id,
  );
  await expect.poll(async () => (await runOf(page, run)).state, { timeout: 120_000 }).toBe('finished');
});

test('an import that is cancelled leaves nothing, and keeps the choices', async ({ program }) => {
  const { page, home } = program;
  const folder = join(home, 'many');
  await writeImages(folder, 900, 320);
  const { dialog, next } = await open(program, folder);
  await dialog.getByRole('radio', { name: /^No table/ }).check();
  for (const heading of ['Columns', 'Split', 'Pixels', 'Check', 'Name and classes']) {
    await expect(next).toBeEnabled({ timeout: 60_000 });
    await next.click();
    await expect(dialog.getByRole('heading', { name: heading })).toBeFocused();
  }
  const start = dialog.getByRole('button', { name: 'Import', exact: true });
  await start.click();
  await expect(dialog.getByText(/^Reading the images: /)).toBeVisible();
  const asked = Date.now();
  await dialog.getByRole('button', { name: 'Cancel import' }).click();
  await expect(dialog.getByRole('alert').first()).toContainText('The import was cancelled. Nothing was kept');
  expect(Date.now() - asked).toBeLessThan(5000);
  expect(readdirSync(join(home, 'datasets'))).toEqual([]);
  await expect(dialog.getByLabel('Name of the dataset')).toHaveValue('many');
  await expect(start).toBeEnabled();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(dialog.getByRole('heading', { name: 'Name and classes' })).toBeVisible();
  await page.keyboard.press('Escape');
});
