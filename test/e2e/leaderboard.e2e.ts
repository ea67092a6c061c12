import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { addTinyDataset, startSearch } from './datasets.js';
import { reaches } from './run-states.js';
import { expect, test, type Program } from './program.js';

const go = (page: Page, place: string): Promise<void> =>
  page.getByRole('navigation').getByRole('button', { name: place, exact: true }).click();

async function serious(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** A search, and two retrainings of what it found: of two seeds and of one. @returns their numbers */
async function trained(program: Program): Promise<{ readonly two: number; readonly one: number }> {
  const { page } = program;
  const search = await startSearch(page, await addTinyDataset(program), { name: 'Source', epochs: 2 });
  await reaches(page, search, 'finished');
  const retrain = async (epochs: number, seeds: readonly number[], name: string): Promise<number> => {
    const run = await page.evaluate((request) => window.medforge.invoke('retrain:start', request), {
      ...{ run: search, epochs, batch: 16, seeds, movingAverage: null, classWeighting: false },
      selection: 'last' as const,
    });
    await page.evaluate(([number, text]) => window.medforge.invoke('runs:rename', number, text), [run, name] as const);
    await reaches(page, run, 'finished');
    return run;
  };
  return { two: await retrain(8, [1, 2], 'Two seeds'), one: await retrain(1, [1], 'Short') };
}

/** Texts of a column, in the order of the rows. */
const column = async (table: Locator, index: number): Promise<string[]> =>
  (await table.locator('tbody tr[data-row]').all()).reduce<Promise<string[]>>(
    async (texts, row) => [...(await texts), await row.locator('td').nth(index).innerText()],
    Promise.resolve([]),
  );

test('the leaderboard sorts, filters, compares two, measures, deletes with undo', async ({ program }) => {
  test.setTimeout(360_000);
  const { page } = program;
  const { two, one } = await trained(program);
  await go(page, 'Models');
  await page.getByRole('button', { name: 'Leaderboard' }).click();
  const table = page.getByRole('grid', { name: 'Models' });
  await expect(table.locator('tbody tr[data-row]')).toHaveCount(3);
  await expect(table.locator('tfoot')).toContainText('Majority class');
  await expect(table.locator('tfoot')).toContainText('50.0');
  expect(await serious(page)).toEqual([]);

  // Best first by default; numbers largest first, names A to Z, and back.
  await expect(table.getByRole('columnheader', { name: /Balanced accuracy/ })).toHaveAttribute(
    'aria-sort',
    'descending',
  );
  await table.getByRole('button', { name: '#' }).click();
  expect(await column(table, 1)).toEqual(['3', '2', '1']);
  await table.getByRole('button', { name: '#' }).click();
  expect(await column(table, 1)).toEqual(['1', '2', '3']);
  await table.getByRole('button', { name: 'Name' }).click();
  expect(await column(table, 2)).toEqual(['Short', 'Two seeds', 'Two seeds']);

  await page.keyboard.press('Control+f');
  await expect(page.getByLabel('Filter models')).toBeFocused();
  await page.keyboard.type('short');
  await expect(page.getByText('1 of 3 networks')).toBeVisible();
  await page.getByLabel('Filter models').fill('nothing like that');
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(table.locator('tbody tr[data-row]')).toHaveCount(3);

  // The difference of two networks, and why there is none of their seeds.
  await page.getByRole('checkbox', { name: 'Select #3 Short' }).check();
  await page.getByRole('checkbox', { name: 'Select #1 Two seeds' }).check();
  await page.getByRole('button', { name: 'Compare two' }).click();
  const difference = page.getByRole('region', { name: 'Difference of two models' });
  await expect(difference).toContainText('McNemar’s exact test', { timeout: 60_000 });
  await expect(difference).toContainText(`retraining ${one} has a single network`);
  await expect(difference.getByRole('row', { name: /^Accuracy/ })).toContainText(/points$/);
  expect(await serious(page)).toEqual([]);
  await program.picture('50-leaderboard');
  await difference.getByRole('button', { name: 'Close the difference' }).click();

  // Times are measured when somebody asks.
  expect((await page.evaluate(() => window.medforge.invoke('models:list'))).map(({ timing }) => timing)).toEqual([
    null,
    null,
    null,
  ]);
  await page.getByRole('button', { name: 'Measure 2 times' }).click();
  await expect
    .poll(
      async () =>
        (await page.evaluate(() => window.medforge.invoke('models:list'))).filter(({ timing }) => timing).length,
      {
        timeout: 60_000,
      },
    )
    .toBe(2);
  await page.getByRole('button', { name: 'Clear selection' }).click();
  await expect(page.getByRole('button', { name: 'Measure 1 time' })).toBeVisible();

  // Enter opens a model, Alt and the left arrow lead back to its row.
  await table.locator('tr[data-row="2"]').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Two seeds' })).toBeVisible();
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(table.locator('tr[data-row="2"]')).toBeFocused();

  // Names and tags are those of the retraining.
  await page.keyboard.press('F2');
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toBeFocused();
  await page.keyboard.type('Renamed');
  await page.keyboard.press('Enter');
  await expect(table.locator('tbody')).toContainText('Renamed');
  await page.getByPlaceholder('Add a tag and press Enter').fill('paper');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Remove tag paper' })).toBeVisible();
  await page.getByLabel('Filter models').fill('paper');
  await expect(page.getByText('2 of 3 networks')).toBeVisible();
  await page.getByLabel('Filter models').fill('');
  await page.getByRole('button', { name: 'Close the details' }).click();

  // Both networks of the retraining go, say so, and come back; the focus goes to the row that takes their place.
  await table.getByRole('button', { name: 'Name' }).click();
  await table.getByRole('button', { name: 'Name' }).click();
  await table.locator('tr[data-row="1"]').focus();
  await page.keyboard.press('Delete');
  await expect(page.getByRole('dialog')).toContainText('2 trained models will also be removed');
  await page.getByRole('button', { name: 'Delete the run' }).click();
  await expect(table.locator('tbody tr[data-row]')).toHaveCount(1);
  await expect(table.locator('tr[data-row="3"]')).toBeFocused();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(table.locator('tbody tr[data-row]')).toHaveCount(3);
  expect(
    (await page.evaluate(() => window.medforge.invoke('models:list'))).filter(({ run }) => run === two),
  ).toHaveLength(2);

  // Esc leads out of the leaderboard.
  await table.locator('tr[data-row="3"]').focus();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('listbox', { name: 'Models' })).toBeVisible();
});

test('in the history columns are chosen and remembered, a run is deleted with undo, nothing scrolls sideways', async ({
  program,
}) => {
  test.setTimeout(180_000);
  const { page } = program;
  const dataset = await addTinyDataset(program);
  for (const name of ['First', 'Second', 'Third']) {
    await reaches(page, await startSearch(page, dataset, { name, epochs: 2 }), 'finished');
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await go(page, 'History');
  const table = page.getByRole('grid', { name: 'Runs' });
  const header = (name: string): Locator => table.getByRole('columnheader', { name, exact: true });
  await expect(header('Duration')).toHaveCount(0);
  await page.getByRole('button', { name: 'Columns' }).click();
  const kept = page.getByRole('group', { name: 'Columns' });
  for (const name of ['#', 'Name', 'Kind'])
    await expect(kept.getByRole('checkbox', { name, exact: true })).toBeDisabled();
  for (const name of ['Duration', 'Started', 'Epoch', 'Test AUC [95 %]', 'Test accuracy [95 %]']) {
    await kept.getByRole('checkbox', { name, exact: true }).check();
  }
  await page.keyboard.press('Escape');
  await expect(header('Duration')).toBeVisible();
  expect(await serious(page)).toEqual([]);
  await program.picture('51-history-columns');
  await page.reload();
  await go(page, 'History');
  await expect(header('Duration')).toBeVisible();

  for (const [width, height] of [
    [1024, 700],
    [640, 400],
  ] as const) {
    await page.setViewportSize({ width, height });
    await go(page, 'History');
    await expect(table.locator('tbody tr[data-row]').first()).toBeVisible();
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wider).toBeLessThanOrEqual(0);
    // What is kept stays in its place however far the others are scrolled.
    await table.locator('xpath=..').evaluate((box) => box.scrollTo(9999, 0));
    const place = await table.locator('tbody tr[data-row] td').nth(2).boundingBox();
    const box = await table.locator('xpath=..').boundingBox();
    expect(place!.x - box!.x).toBeLessThan(130);
    expect(await serious(page)).toEqual([]);
    await program.picture(`52-history-${width}`);
  }

  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Fit to width' }).check();
  await page.keyboard.press('Escape');
  await expect(header('Duration')).toHaveCount(0);
  await table.locator('tr[data-row="2"]').focus();
  await page.keyboard.press('Delete');
  await page.getByRole('button', { name: 'Delete the run' }).click();
  await expect(table.locator('tr[data-row="2"]')).toHaveCount(0);
  await expect(table.locator('tr[data-row="1"]')).toBeFocused();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(table.locator('tr[data-row="2"]')).toHaveCount(1);
});
