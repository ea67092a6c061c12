import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import type { StudyEntry } from '../../src-main/ipc/contract.js';
import { openHistory } from '../../src-main/history/open.js';
import { searchConfig } from '../unit/history/fixtures.js';
import { addTinyDataset } from './datasets.js';
import { chooseFiles, chooseSaveFile, expect, inMain, startProgram, test } from './program.js';

const go = (page: Page): Promise<void> =>
  page.getByRole('navigation').getByRole('button', { name: 'Studies', exact: true }).click();

const entryOf = (page: Page, study: string): Promise<StudyEntry | undefined> =>
  page.evaluate(
    async (name) => (await window.medforge.invoke('studies:list')).find((one) => one.study === name),
    study,
  );

async function serious(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

test('a study is made, run, paused and gone on with, and shows its results as they come', async ({ program }) => {
  const { page, electron, home } = program;
  await addTinyDataset(program);
  await go(page);
  await page.getByRole('button', { name: 'New study…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Tiny <b> & "study"');
  await dialog.getByRole('checkbox', { name: 'ZO-DARTS', exact: true }).check();
  await dialog.getByRole('checkbox', { name: 'Random search' }).uncheck();
  await expect(dialog.getByText('cannot say whether a method is better than chance')).toBeVisible();
  await dialog.getByLabel(/^Budgets/).fill('20k');
  await dialog.getByLabel('Seeds (one search each)').fill('1, 2');
  await dialog.getByLabel(/^Training seeds/).fill('1');
  await dialog.getByLabel('Epochs of a search').fill('2');
  await dialog.getByLabel('Epochs of a retraining').fill('2');
  await dialog.getByText('Advanced').click();
  await dialog.getByLabel('Batch').fill('16');
  await dialog.getByLabel('Channels').fill('4');
  await dialog.getByLabel('Cells per stage').fill('1');
  await expect(dialog.getByText('8 tasks')).toBeVisible();
  expect(await serious(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Create the study' }).click();
  await expect(dialog).toHaveCount(0);

  // The file is the one that the command takes.
  const file = join(home, 'studies', 'tiny-b-study.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    format: 'medforge-study',
    name: 'Tiny <b> & "study"',
    searches: {
      methods: ['zo-darts++', 'zo-darts'],
      budgets: ['20k'],
      seeds: [1, 2],
      epochs: 2,
      batch: 16,
      channels: 4,
    },
    retrainings: { seeds: [1], epochs: 2 },
    on: { executor: 'local' },
  });
  const before = page.getByRole('region', { name: 'Before it starts' });
  await expect(before.getByText('8 tasks: 4 searches and 4 retrainings.')).toBeVisible();
  await before.getByRole('button', { name: 'Estimate the time' }).click();
  await before.getByRole('button', { name: 'Cancel' }).click();
  await expect(before.getByRole('button', { name: 'Estimate the time' })).toBeEnabled();

  const name = 'Tiny <b> & "study"';
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect
    .poll(async () => (await entryOf(page, name))?.counts.running ?? 0, { timeout: 60_000 })
    .toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Go on' })).toBeEnabled({ timeout: 60_000 });
  expect(await entryOf(page, name)).toMatchObject({ state: 'stopped', going: [] });
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(async () => (await entryOf(page, name))?.state, { timeout: 150_000 }).toBe('finished');

  // A click on a task opens its run, and the way back leads to the study.
  await expect(page.getByRole('grid', { name: /^Tasks of/ }).getByText('Finished')).toHaveCount(8);
  await page
    .getByRole('row', { name: /Retraining zo-darts\+\+/ })
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1, name: /zo-darts\+\+/ })).toBeVisible();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Results', exact: true }).click();
  const results = page.getByRole('region', { name: 'Results', exact: true });
  await expect(results.getByRole('table')).toHaveCount(2);
  await expect(results.getByText('No task is missing')).toBeVisible();
  const save = async (button: string, extension: string): Promise<string> => {
    const path = join(home, `out.${extension}`);
    await chooseSaveFile(electron, path);
    await page.getByRole('button', { name: button }).click();
    await expect(page.getByText(`Saved: ${path}`)).toBeVisible();
    return readFileSync(path, 'utf8');
  };
  const csv = (await save('CSV of all tasks…', 'csv')).trim().split(/\r?\n/);
  expect(csv).toHaveLength(9);
  expect(await save('LaTeX…', 'tex')).toContain('\\toprule');

  await page.getByRole('button', { name: 'Figures', exact: true }).click();
  const figures = page.getByRole('region', { name: 'Figures', exact: true });
  for (const title of ['Test accuracy against parameters', 'Parameters of sampled', 'Rank of the operations'])
    await expect(figures.getByRole('img', { name: new RegExp(`^${title}`) })).toBeVisible();
  for (const theme of ['light', 'dark'] as const) {
    await inMain(electron, ({ nativeTheme }, source) => void (nativeTheme.themeSource = source), theme);
    await expect
      .poll(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches))
      .toBe(theme === 'dark');
    expect(await serious(page)).toEqual([]);
    await program.picture(`60-study-figures-${theme}`);
  }
  const saveFigure = async (title: string, item: string, extension: string): Promise<Buffer> => {
    const path = join(home, `${title.split(' ')[0]}.${extension}`);
    await chooseSaveFile(electron, path);
    await page.getByRole('button', { name: `Copy or save: ${title}` }).click();
    await page.getByRole('menuitem', { name: item }).click();
    await expect(page.getByText(`Saved: ${path}`)).toBeVisible();
    return readFileSync(path);
  };
  // The violins are vectors, and each is there: 2 methods, of which each has a body, a bar and a ring.
  const svg = (await saveFigure('Parameters of sampled architectures', 'Save as SVG…', 'svg')).toString('utf8');
  expect(svg).not.toMatch(/NaN|var\(--|<image/);
  for (const { stdev } of (await sharp(Buffer.from(svg)).removeAlpha().stats()).channels.slice(0, 3))
    expect(stdev).toBeGreaterThan(3);
  const drawn = (await saveFigure('Parameters of sampled architectures', 'Save data as CSV…', 'csv')).toString('utf8');
  expect(drawn.trim().split('\r\n')).toHaveLength(1 + 4 * 200);
  const pdf = (await saveFigure('Test accuracy against parameters', 'Save as PDF…', 'pdf')).toString('latin1');
  expect(pdf.startsWith('%PDF-')).toBe(true);
  // Every point of the figure is the figure of a task in the CSV of all tasks.
  const points = (await saveFigure('Test accuracy against parameters', 'Save data as CSV…', 'csv')).toString('utf8');
  const accuracies = csv.slice(1).flatMap((line) => line.split(',').at(-2) || []);
  expect(
    points
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',').at(-1)),
  ).toEqual(accuracies);
});

test('a study that a power cut stopped says so, and why it cannot go on', async ({ home }) => {
  const study = {
    format: 'medforge-study',
    version: 1,
    name: 'Cut',
    datasets: ['nowhere.npz'],
    searches: { methods: ['random'], budgets: ['1M'], seeds: [1] },
  };
  const file = join(home, 'cut.json');
  writeFileSync(file, JSON.stringify(study));
  const { history } = await openHistory(home);
  const task = { dataset: 'd', method: 'random', budget: '..1000000', seed: 1, trainingSeed: null, search: null };
  history.planStudy('Cut', [{ key: 'a', ...task }]);
  history.createRun(searchConfig, { task: { study: 'Cut', key: 'a' } });
  history.claimStudy('Cut');
  // As the process that went on with it left it: another one that is gone.
  history.close();
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(join(home, 'medforge.db'));
  const gone = JSON.stringify({ pid: 4_194_000, boot: 'another', started: '1' });
  database.prepare('UPDATE studies SET owner = ?').run(gone);
  database.close();
  const program = await startProgram(home);
  const { page, electron } = program;
  await page.getByRole('button', { name: 'Open study' }).click();
  await expect(page.getByText(/^MedForge ended while this study was going on/)).toBeVisible();
  await expect(page.getByText(/file is unknown here/)).toBeVisible();
  await chooseFiles(electron, [file]);
  await page.getByRole('button', { name: 'Open…' }).click();
  await expect(page.getByText(/nowhere\.npz/)).toBeVisible();
  await program.close();
});

test('a study of 500 tasks is fluent', async ({ home }) => {
  const { history } = await openHistory(home);
  const tasks = Array.from({ length: 500 }, (_, i) => {
    const search = i - (i % 5);
    const training = i === search ? {} : { trainingSeed: i % 5, search: `task ${search}` };
    const named = { dataset: 'breastmnist', method: `method ${i % 7}`, budget: '72000..222000', seed: search };
    return { key: `task ${i}`, ...named, trainingSeed: null, search: null, ...training };
  });
  history.planStudy('Five hundred', tasks);
  for (const { key } of tasks.slice(0, 400)) history.createRun(searchConfig, { task: { study: 'Five hundred', key } });
  history.close();
  const program = await startProgram(home);
  const { page } = program;
  await go(page);
  const grid = page.getByRole('grid', { name: 'Tasks of Five hundred' });
  await expect(grid).toHaveAttribute('aria-rowcount', '501');
  expect(await page.getByRole('row').count()).toBeLessThan(60);
  const { frames, answer } = await page.evaluate(async () => {
    const box = document.querySelector('[role=region][aria-label="Tasks of Five hundred"]')!;
    const frames: number[] = [];
    const step = (box.scrollHeight - box.clientHeight) / 60;
    let before = performance.now();
    for (let i = 0; i < 60; i++) {
      box.scrollTop += step;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      frames.push(performance.now() - before);
      before = performance.now();
    }
    const asked = performance.now();
    await window.medforge.invoke('studies:tasks', 'Five hundred');
    return { frames, answer: performance.now() - asked };
  });
  const sorted = [...frames].sort((a, b) => a - b);
  console.log(
    `frames: median ${sorted[30]?.toFixed(0)} ms, longest ${sorted[59]?.toFixed(0)} ms; tasks in ${answer.toFixed(0)} ms`,
  );
  expect(sorted[30]).toBeLessThan(100);
  expect(answer).toBeLessThan(1500);
  await expect(grid.getByRole('row').last()).toContainText('500');
  await program.close();
});
