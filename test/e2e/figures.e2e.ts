import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { addTinyDataset, startSearch } from './datasets.js';
import { chooseSaveFile, expect, inMain, RESULTS, runOf, test } from './program.js';

test('every figure is saved as PNG, SVG, PDF and CSV, and copied', async ({ program }) => {
  const { page, electron, home } = program;
  const run = await startSearch(page, await addTinyDataset(program), { name: 'מחקר 🔬 <b> & "figures"' });
  await expect.poll(async () => (await runOf(page, run)).state, { timeout: 120_000 }).toBe('finished');
  await page.getByRole('navigation').getByRole('button', { name: 'History', exact: true }).click();
  await page.getByRole('row', { name: /figures/ }).click();
  await page.keyboard.press('Enter');
  const menus = page.getByRole('button', { name: /^Copy or save: / });
  await expect(menus.first()).toBeVisible();
  const names = await menus.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  expect(names).toEqual(
    expect.arrayContaining(['Copy or save: Loss and accuracy', 'Copy or save: Probabilities of epoch 6']),
  );

  let saved = 0;
  const save = async (name: string, item: string, format: string): Promise<Buffer> => {
    // Each a file of its own, so that its message is not that of the one before.
    const file = join(home, `figure ${++saved}.${format}`);
    await chooseSaveFile(electron, file);
    await page.getByRole('button', { name: `Copy or save: ${name}` }).click();
    await page.getByRole('menuitem', { name: item }).click();
    await expect(page.getByText(`Saved: ${file}`)).toBeVisible();
    mkdirSync(RESULTS, { recursive: true });
    copyFileSync(file, join(RESULTS, `40-${name.split(' ')[0]}.${format}`));
    return readFileSync(file);
  };

  for (const name of ['Loss and accuracy', 'Probabilities of epoch 6', 'Probabilities of the cells in epoch 6']) {
    const svg = (await save(name, 'Save as SVG…', 'svg')).toString('utf8');
    // Another program reads it: librsvg, which knows no style sheet of ours.
    expect(await sharp(Buffer.from(svg)).metadata()).toMatchObject({ format: 'svg' });
    const pixels = await sharp(Buffer.from(svg)).removeAlpha().stats();
    for (const { stdev } of pixels.channels.slice(0, 3)) expect(stdev).toBeGreaterThan(3);
    expect(svg.match(/<(path|rect|text|circle)\b/g)?.length).toBeGreaterThan(10);
    // Nothing of the window's style sheet, no script and nothing from elsewhere is needed to show it.
    expect(svg).not.toMatch(/var\(--|class=|<script|<foreignObject|href="(?!data:)/);

    const png = await sharp(await save(name, 'Save as PNG…', 'png')).metadata();
    const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
    expect([png.width, png.height]).toEqual([2 * Number(width), 2 * Number(height)]);

    const pdf = (await save(name, 'Save as PDF…', 'pdf')).toString('latin1');
    expect(pdf.startsWith('%PDF-')).toBe(true);
    expect(pdf.match(/\/Type \/Page\b/g)).toHaveLength(1);
    const box = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf)?.slice(1).map(Number) ?? [];
    expect(Math.abs((box[0] ?? 0) - Number(width) * 0.75)).toBeLessThan(2);
    expect(Math.abs((box[1] ?? 0) - Number(height) * 0.75)).toBeLessThan(2);
  }

  const csv = (await save('Loss and accuracy', 'Save data as CSV…', 'csv')).toString('utf8').split('\r\n');
  const losses = await page.evaluate(async (number) => {
    const { epochs } = await window.medforge.invoke('runs:epochs', number, 0);
    return epochs.map(({ epoch, loss }) => `Training loss,${epoch},Loss,${loss}`);
  }, run);
  expect(csv[0]).toBe('Series,Epoch,Axis,Value');
  expect(csv).toEqual(expect.arrayContaining(losses));

  await page.getByRole('button', { name: 'Copy or save: Loss and accuracy' }).click();
  await page.getByRole('menuitem', { name: 'Copy data' }).click();
  await expect.poll(() => inMain(electron, async ({ clipboard }) => await clipboard.readText())).toBe(csv.join('\r\n'));
  const button = page.getByRole('button', { name: 'Copy or save: Loss and accuracy' });
  // The focus goes to the first item once the menu is open; a key before that is one on the button.
  const openByKey = async (): Promise<void> => {
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem', { name: 'Copy picture' })).toBeFocused();
  };
  await button.focus();
  await openByKey();
  await page.keyboard.press('Escape');
  await expect(button).toBeFocused();
  await openByKey();
  await page.keyboard.press('End');
  await expect(page.getByRole('menuitem', { name: 'Save data as CSV…' })).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Picture copied')).toBeVisible();
});
