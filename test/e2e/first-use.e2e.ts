import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addTinyDataset, breast, startSearch } from './datasets.js';
import { chooseFiles, chooseSaveFile, expect, runOf, test } from './program.js';

test.describe.configure({ mode: 'serial' });

test('the first start says what to do, and the demo leads from a click to a finished search', async ({ program }) => {
  const { page, electron, home } = program;
  test.setTimeout(400_000);
  await expect(page).toHaveTitle('MedForge');
  await expect(page.getByRole('heading', { name: 'Find a small network for your images' })).toBeVisible();
  await program.picture('01-first-start');

  await page.getByRole('button', { name: 'Try it with the demo dataset' }).click();
  await expect(page.getByRole('heading', { name: 'New search' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('Synthetic data: drawn by a program, no patient images')).toBeVisible();
  await page.getByText('Advanced settings').click();
  await page.getByLabel('Epochs', { exact: true }).fill('8');
  await page.getByLabel('Batch', { exact: true }).fill('256');
  await page.getByLabel('Channels', { exact: true }).fill('4');
  await page.getByLabel('End with a race').uncheck();
  await page.getByLabel('Name of the run').fill('First demo');
  await page.getByLabel('At most').fill('abc');
  await page.getByLabel('At most').blur();
  await expect(page.getByText("'abc' is not a number of parameters: write 222000, 222k, 1.1M or 1e5.")).toBeVisible();
  await expect(page.getByRole('button', { name: 'Start search' })).toBeDisabled();
  await page.getByLabel('At most').fill('500');
  await expect(
    page.getByText(/No network of this space .* the nearest is [\d,]+ above: widen the budget/),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: 'Start search' })).toBeDisabled();
  await page.getByLabel('At most').fill('..20,0k');
  await page.getByLabel('At most').blur();
  await expect(page.getByLabel('At most')).toHaveValue('20,000');
  await page.getByLabel('At most').fill('20k');
  await page.getByLabel('At most').blur();
  await expect(page.getByText(/images a second measured here/)).toBeVisible({ timeout: 120_000 });
  await program.picture('02-search-form');
  await page.getByRole('button', { name: 'Start search' }).click();

  await expect(page.getByRole('heading', { name: 'First demo' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  const picture = (): Promise<string> =>
    page
      .getByRole('img', { name: /^Loss and accuracy/ })
      .locator('canvas')
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const said = page.getByRole('img', { name: /^Loss and accuracy/ });
  const epochs = async (): Promise<number> => (await runOf(page, 1)).epoch;
  await expect.poll(epochs, { timeout: 120_000 }).toBeGreaterThanOrEqual(2);
  const [drawn, words] = [await picture(), await said.getAttribute('aria-label')];
  const before = await epochs();
  await expect.poll(epochs, { timeout: 120_000 }).toBeGreaterThan(before + 1);
  await expect.poll(picture).not.toBe(drawn);
  expect(await said.getAttribute('aria-label')).not.toBe(words);
  await program.picture('03-live-search');

  await expect(page.getByRole('button', { name: 'Pause' })).toBeHidden({ timeout: 240_000 });
  await expect(page.getByText(/^No race: the most probable architecture/)).toBeVisible();
  const run = await runOf(page, 1);
  expect(run).toMatchObject({ state: 'finished', epoch: 8, name: 'First demo', synthetic: true, error: null });
  expect(run.parameters).toBeLessThanOrEqual(20_000);
  await program.picture('04-finished-search');

  const saved = join(home, 'exported.csv');
  await chooseSaveFile(electron, saved);
  await page.getByRole('button', { name: 'History', exact: true }).first().click();
  await page.getByRole('button', { name: 'Export CSV…' }).click();
  await expect(page.getByText('1 run exported as CSV')).toBeVisible();
  const lines = readFileSync(saved, 'utf8').trimEnd().split('\r\n');
  expect(lines).toHaveLength(9);
  expect(lines[0]).toMatch(/^run,name,kind,state,dataset/);
  expect(lines[8]).toMatch(/^1,First demo,search,finished,Demo/);
  await program.picture('05-history');
});

test('a search ends with a race, and the race is one picture', async ({ program }) => {
  const { page } = program;
  test.setTimeout(240_000);
  const change = { epochs: 20, name: 'Raced', race: { random: 2 } };
  await startSearch(page, await addTinyDataset(program), change);
  await page.getByRole('button', { name: 'Open the current run: Raced' }).click();
  const race = page.getByRole('region', { name: 'Race' });
  await expect(race.getByRole('listbox', { name: /^Race\. Validation accuracy/ })).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole('button', { name: 'Pause' })).toBeHidden({ timeout: 120_000 });
  await expect(page.getByRole('region', { name: 'Architecture found' })).toContainText(/better than chance/i);
  await expect(race.getByRole('option', { name: /· chosen/ })).toHaveCount(1);
  await race.getByRole('button', { name: 'Final only' }).click();
  await expect(race.getByRole('table')).not.toContainText('Round 1');
  await program.picture('08-race');
});

test('a real MedMNIST file is added and shown; a bad one is refused with its reason', async ({ program }) => {
  test.skip(breast === null, 'the official BreastMNIST file is not on this machine');
  const { page, electron, home } = program;
  await chooseFiles(electron, [breast ?? '']);
  await page.getByRole('button', { name: 'Datasets', exact: true }).click();
  await page.getByRole('button', { name: 'Add a dataset file…' }).click();
  await expect(
    page.getByRole('heading', { name: 'BreastMNIST' }).or(page.getByRole('heading', { name: 'New search' })),
  ).toBeVisible({
    timeout: 30_000,
  });
  await page.getByRole('button', { name: 'Datasets', exact: true }).click();
  await page.getByRole('option', { name: /BreastMNIST/ }).click();
  await expect(page.getByText(/official BreastMNIST file \(MD5/)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Class balance' })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('region', { name: 'Sample images' }).getByRole('img').first()).toBeVisible();
  await program.picture('06-dataset');

  const bad = join(home, 'login-page.npz');
  writeFileSync(bad, '<html>please log in</html>');
  await chooseFiles(electron, [bad]);
  await page.getByRole('button', { name: 'Add a file…' }).click();
  const problem = page.getByRole('alert', { name: 'Problems' });
  await expect(problem).toContainText('The file could not be added');
  await expect(problem).toContainText('login-page.npz');
  await expect(problem).toContainText(/not .*npz/i);
  await program.picture('07-bad-file');
  await problem.getByRole('button', { name: /^Dismiss/ }).click();
  await expect(problem).toBeEmpty();
});
