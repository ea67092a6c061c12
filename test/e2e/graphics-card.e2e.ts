import { startSearch } from './datasets.js';
import {
  addSmallestDataset,
  cardOf,
  computePages,
  computing,
  graphicsProcess,
  openedCard,
  LONG,
  startOnCard,
  startWithCard,
} from './graphics-card.js';
import { expect, runOf, startProgram, test } from './program.js';
import { reaches } from './run-states.js';

test('a machine without a card says why, and starts nothing on it', async ({ program }) => {
  expect(await cardOf(program)).toMatchObject({
    available: false,
    reason: expect.stringContaining('no graphics card'),
  });
  const dataset = await addSmallestDataset(program);
  await expect(startSearch(program.page, dataset, { backend: 'webgpu' })).rejects.toThrow(/Nothing was started/);
  const { runs } = await program.page.evaluate(() => window.medforge.invoke('app:state'));
  expect(runs).toEqual([]);
  expect(await computePages(program)).toEqual([]);
});

test('a page that is killed, and a GPU process that is, end the run with their own words; it can be resumed', async ({
  home,
}) => {
  const program = await startWithCard(home);
  const { page } = program;
  expect(await cardOf(program)).toMatchObject({
    available: true,
    device: expect.stringContaining('swiftshader (computes on the processor, slower than native)'),
  });
  const { run, page: first } = await startOnCard(program, await addSmallestDataset(program), {
    epochs: LONG,
    name: 'Killed',
  });
  process.kill(first, 'SIGKILL');
  await reaches(page, run, 'failed');
  expect((await runOf(page, run)).error).toMatch(
    /^The page that computes on the graphics card was stopped from outside.*\. Its last checkpoint is kept: resume the run to continue\.$/,
  );
  await expect.poll(() => computePages(program)).toEqual([]);

  await page.evaluate((number) => window.medforge.invoke('runs:resume', number), run);
  await computing(program, run);
  await openedCard(program, run);
  process.kill(await graphicsProcess(program), 'SIGKILL');
  await reaches(page, run, 'failed');
  expect((await runOf(page, run)).error).toMatch(/graphics card/);
  await expect.poll(() => computePages(program)).toEqual([]);
  expect(program.output()).toContain('while a run computed on it');
  await program.close();
});

test('the form says what a run on the card computes on, or why it cannot, and estimates nothing', async ({ home }) => {
  const told = {
    card: /^No graphics card: .*swiftshader.*Choose CPU \(native\)\.$/,
    none: /^Not available: Chromium finds no graphics card.*driver\. Choose CPU \(native\) to start\.$/,
  };
  for (const kind of ['card', 'none'] as const) {
    const program = kind === 'card' ? await startWithCard(home) : await startProgram(home);
    const { page } = program;
    if (kind === 'card') await addSmallestDataset(program);
    await page.getByRole('button', { name: 'Search', exact: true }).first().click();
    await page.getByText('Advanced settings').click();
    await page.getByLabel('Backend').selectOption('webgpu');
    await expect(page.getByText(told[kind])).toBeVisible();
    const start = page.getByRole('region', { name: 'Start' });
    await expect(start).toContainText('A graphics card is not measured in advance.');
    await expect(start.locator('.bad-text')).toHaveCount(0);
    await program.picture(`20-backend-${kind}`);
    await program.close();
  }
});
