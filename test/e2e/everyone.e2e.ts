import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { addTinyDataset, startSearch } from './datasets.js';
import { expect, inMain, runOf, startProgram, test } from './program.js';

/** Violations that keep somebody out, as text. */
async function serious(page: Page): Promise<string[]> {
  // Legacy mode: Electron has no second page to gather the results of frames in, and ours has no frames.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

const go = (page: Page, place: string): Promise<void> =>
  page.getByRole('navigation').getByRole('button', { name: place, exact: true }).click();

const finished = (page: Page, run: number): Promise<void> =>
  expect.poll(async () => (await runOf(page, run)).state, { timeout: 90_000 }).toBe('finished');

test('every place passes axe, light and dark', async ({ program }) => {
  const { page, electron } = program;
  test.setTimeout(300_000);
  const empty: string[] = [];
  for (const place of ['Datasets', 'Search', 'History', 'Models', 'Studies']) {
    await go(page, place);
    empty.push(...(await serious(page)));
  }
  expect(empty).toEqual([]);
  const dataset = await addTinyDataset(program);
  const first = await startSearch(page, dataset, { name: 'First of two' });
  const second = await startSearch(page, dataset, { name: 'Second of two', seed: 4 });
  await finished(page, first);
  await finished(page, second);
  for (const theme of ['light', 'dark'] as const) {
    await inMain(electron, ({ nativeTheme }, source) => void (nativeTheme.themeSource = source), theme);
    await expect
      .poll(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches))
      .toBe(theme === 'dark');
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const [red = 0] = (/\d+/.exec(background) ?? ['0']).map(Number);
    if (theme === 'dark') expect(red).toBeLessThan(60);
    else expect(red).toBeGreaterThan(200);

    await go(page, 'Datasets');
    await expect(page.getByRole('region', { name: 'Sample images' })).toBeVisible({ timeout: 30_000 });
    expect(await serious(page)).toEqual([]);
    await program.picture(`20-datasets-${theme}`);
    await go(page, 'Search');
    await page.getByText('Advanced settings').click();
    expect(await serious(page)).toEqual([]);
    await program.picture(`21-search-${theme}`);
    await go(page, 'History');
    expect(await serious(page)).toEqual([]);
    await program.picture(`22-history-${theme}`);
    await page.getByRole('checkbox', { name: 'Select First of two' }).check();
    await page.getByRole('checkbox', { name: 'Select Second of two' }).check();
    await page.getByRole('button', { name: 'Compare' }).click();
    await expect(page.getByRole('region', { name: 'Genotypes', exact: true })).toBeVisible();
    expect(await serious(page)).toEqual([]);
    await program.picture(`23-compare-${theme}`);
    await go(page, 'History');
    await page.getByRole('row', { name: /First of two/ }).dblclick();
    await expect(page.getByRole('img', { name: /^Loss and accuracy/ })).toBeVisible();
    expect(await serious(page)).toEqual([]);
    await program.picture(`24-run-${theme}`);
    await go(page, 'History');
    await page.getByRole('checkbox', { name: 'Select First of two' }).uncheck();
    await page.getByRole('checkbox', { name: 'Select Second of two' }).uncheck();
    await go(page, 'Models');
    expect(await serious(page)).toEqual([]);
    await program.picture(`25-models-${theme}`);
  }
});

test('a search is started with the keyboard alone', async ({ program }) => {
  const { page } = program;
  test.setTimeout(240_000);
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent.trim() ?? '');
  const tabTo = async (text: RegExp): Promise<void> => {
    for (let i = 0; i < 40; i++) {
      if (text.test(await focused())) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach ${text}`);
  };
  await page.keyboard.press('Control+2');
  await tabTo(/^Try the demo dataset$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'New search' })).toBeVisible({ timeout: 60_000 });
  await expect.poll(focused).toBe('Start search');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible({ timeout: 30_000 });
  await expect.poll(async () => (await runOf(page, 1)).state, { timeout: 60_000 }).toBe('running');
  await tabTo(/^Cancel$/);
  await page.keyboard.press('Enter');
  await tabTo(/^Cancel the run$/);
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await runOf(page, 1)).state, { timeout: 60_000 }).toBe('cancelled');
  await page.keyboard.press('Control+3');
  await expect(page.getByRole('grid', { name: 'Runs' })).toBeVisible();
});

test('the window comes back where and as the user left it', async ({ home }) => {
  const { page, electron, close } = await startProgram(home);
  await go(page, 'History');
  const bounds = { x: 40, y: 30, width: 1200, height: 760 };
  await inMain(electron, ({ BrowserWindow }, left) => BrowserWindow.getAllWindows()[0]?.setBounds(left), bounds);
  await expect
    .poll(() => page.evaluate(async () => (await window.medforge.invoke('app:state')).lastView))
    .toEqual({ place: 'history', run: null });
  await close();

  const again = await startProgram(home, { viewport: false });
  await expect(again.page.getByRole('heading', { level: 1, name: 'No runs yet' })).toBeVisible();
  const found = (): Promise<unknown> =>
    again.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds());
  await expect.poll(found).toEqual(bounds);
  await again.close();
});

test('a problem that comes while a dialog is open can be read and dismissed in it', async ({ program }) => {
  const { page, electron } = program;
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.send('app:problem', { title: 'Full', message: 'Free some space.' }),
  );
  await expect(dialog.getByText('Free some space.')).toBeVisible();
  await program.picture('25-problem-over-dialog');
  await page.keyboard.press('Control+3');
  await expect(page.getByRole('heading', { level: 1, name: 'No runs yet' })).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Dismiss: Full' }).click();
  await expect(page.getByText('Free some space.')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
});

test('that a run has ended is said when the dialog that is open has been closed, and covers nothing of it', async ({
  program,
}) => {
  const { page } = program;
  const dataset = await addTinyDataset(program);
  const run = await startSearch(page, dataset, { name: 'Meanwhile', epochs: 20 });
  await go(page, 'Datasets');
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await finished(page, run);
  const notice = page.getByText('“Meanwhile” has finished: see the architecture and retrain it');
  await expect(page.getByRole('button', { name: 'Open the current run: Meanwhile' })).toHaveCount(0);
  await expect(notice).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(notice).toBeVisible();
  await page.getByRole('button', { name: 'Open result' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Meanwhile' })).toBeVisible();
  await expect(notice).toHaveCount(0);

  // Who opens the run by another way has seen it.
  await go(page, 'History');
  await finished(page, await startSearch(page, dataset, { name: 'Another', epochs: 1 }));
  const another = page.getByText('“Another” has finished: see the architecture and retrain it');
  await expect(another).toBeVisible();
  await page.getByRole('row', { name: /Another/ }).dblclick();
  await expect(page.getByRole('heading', { level: 1, name: 'Another' })).toBeVisible();
  await expect(another).toHaveCount(0);
});
