import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { addTinyDataset, startSearch } from './datasets.js';
import type { BundleSummary } from '../../src-main/ipc/contract.js';
import { workersOf } from './processes.js';
import { chooseFiles, expect, runOf, stayWhenAsked, test } from './program.js';

test('a finished search is retrained, exported as a verified bundle, and asked about an image', async ({ program }) => {
  test.setTimeout(300_000);
  const { page, electron, home } = program;
  const search = await startSearch(page, await addTinyDataset(program), { name: 'Source' });
  const ends = async (run: number): Promise<void> => {
    await expect.poll(async () => (await runOf(page, run)).state, { timeout: 120_000 }).not.toMatch(/running|queued/);
    expect(await runOf(page, run)).toMatchObject({ state: 'finished', error: null });
  };
  await ends(search);
  const retraining = await page.evaluate(
    (run) =>
      window.medforge.invoke('retrain:start', {
        run,
        epochs: 12,
        batch: 16,
        seeds: [1],
        movingAverage: null,
        classWeighting: false,
        selection: 'last',
      }),
    search,
  );
  await ends(retraining);
  await page.getByRole('navigation').getByRole('button', { name: 'Models', exact: true }).click();
  const [model] = await page.evaluate(() => window.medforge.invoke('models:list'));
  expect(model).toMatchObject({ run: retraining, searchRun: search, seed: 1, bundles: [] });
  expect(model?.accuracy).toBeGreaterThan(0.7);
  await expect(page.getByText(/Confusion/).first()).toBeVisible();
  // One seed has no deviation, and 32 images no certainty.
  const results = page.getByRole('region', { name: 'Test results' });
  await expect(results).toContainText(/Balanced accuracy.*95 %/);
  await expect(results).not.toContainText(/±|100\.0 – 100\.0/);
  await program.picture('30-model');

  await chooseFiles(electron, [home]);
  const bundlesOf = (number?: number): Promise<readonly BundleSummary[]> =>
    page.evaluate(
      async (wanted) =>
        (await window.medforge.invoke('models:list')).find(({ model: found }) => found === wanted)?.bundles ?? [],
      number,
    );
  // That of the retraining may still be ending.
  await expect.poll(() => workersOf(program.pid)).toEqual([]);
  await page.evaluate((number) => void window.medforge.invoke('models:export', number), model?.model ?? 0);
  // Its process is stopped meanwhile, or it would have ended before anybody could look.
  await expect.poll(() => workersOf(program.pid), { intervals: [20] }).toHaveLength(1);
  const [worker = 0] = workersOf(program.pid);
  process.kill(worker, 'SIGSTOP');
  // The end of the program would lose the export, so it asks; the page of the model finds it again.
  await expect(page.getByRole('button', { name: 'Cancel export' })).toBeVisible();
  await page.reload();
  await page.getByRole('navigation').getByRole('button', { name: 'Models', exact: true }).click();
  const asked = await stayWhenAsked(electron);
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(asked).toEqual([`“${model?.name}” is being exported. Quit anyway?`]);
  process.kill(worker, 'SIGCONT');
  await expect.poll(() => bundlesOf(model?.model)).toHaveLength(1);
  await expect(page.getByRole('button', { name: 'Export bundle…' })).toBeVisible();
  const [bundle] = await bundlesOf(model?.model);
  expect(bundle).toMatchObject({ verified: true });
  expect(readdirSync(bundle?.folder ?? '')).toEqual(expect.arrayContaining(['manifest.json', 'models', 'README.md']));
  expect(readdirSync(home).filter((name) => name.includes('exporting'))).toEqual([]);

  const image = join(home, 'photo.png');
  await sharp({ create: { width: 60, height: 40, channels: 3, background: { r: 90, g: 90, b: 90 } } })
    .png()
    .toFile(image);
  await chooseFiles(electron, [image]);
  const prediction = await page.evaluate(
    (number) => window.medforge.invoke('models:predict', number),
    model?.model ?? 0,
  );
  expect(prediction?.probabilities.map(({ label }) => label)).toEqual(['0', '1']);
  expect(prediction?.probabilities.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
  expect(prediction?.image).toMatch(/^data:image\/png;base64,/);

  // An image that cannot be classified has no answer, least of all that of the image before.
  const tried = page.getByRole('region', { name: 'Try an image' });
  await tried.getByRole('button', { name: 'Choose an image…' }).click();
  await expect(tried.getByRole('img')).toBeVisible();
  const broken = join(home, 'broken.png');
  writeFileSync(broken, 'no picture');
  await chooseFiles(electron, [broken]);
  await tried.getByRole('button', { name: 'Choose an image…' }).click();
  await expect(tried).toContainText('The image could not be classified, so there is no prediction.');
  await expect(tried.getByRole('img')).toHaveCount(0);
  await expect(page.getByText(/broken\.png/)).toBeVisible();

  await page.evaluate((run) => window.medforge.invoke('runs:delete', run), search);
  expect(existsSync(join(home, 'runs', String(search)))).toBe(false);

  // Models carry the name of their retraining, and go with it.
  await page.evaluate((run) => window.medforge.invoke('runs:rename', run, 'Another name'), retraining);
  await expect(page.getByRole('heading', { level: 1 }).filter({ hasText: 'Another name' })).toBeVisible();
  await page.evaluate((run) => window.medforge.invoke('runs:delete', run), retraining);
  await expect(page.getByText('Another name')).toHaveCount(0);
});
