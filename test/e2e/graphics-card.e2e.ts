import { startSearch } from './datasets.js';
import {
  addSmallestDataset,
  cardOf,
  computePages,
  computing,
  graphicsProcess,
  startOnCard,
  startWithCard,
} from './graphics-card.js';
import { expect, runOf, test } from './program.js';
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
  const { run, page: first } = await startOnCard(program, await addSmallestDataset(program), { name: 'Killed' });
  process.kill(first, 'SIGKILL');
  await reaches(page, run, 'failed');
  expect((await runOf(page, run)).error).toMatch(
    /^The page that computes on the graphics card was stopped from outside.*\. Its last checkpoint is kept: resume the run to continue\.$/,
  );
  await expect.poll(() => computePages(program)).toEqual([]);

  await page.evaluate((number) => window.medforge.invoke('runs:resume', number), run);
  await computing(program, run);
  process.kill(await graphicsProcess(program), 'SIGKILL');
  await reaches(page, run, 'failed');
  expect((await runOf(page, run)).error).toMatch(/graphics card/);
  await expect.poll(() => computePages(program)).toEqual([]);
  expect(program.output()).toContain('while a run computed on it');
  await program.close();
});
