import { startSearch } from './datasets.js';
import { addSmallestDataset, cardOf, computePages, startWithCard } from './graphics-card.js';
import { expect, runOf, test, type Program } from './program.js';
import { reaches } from './run-states.js';

/** Epochs of a run as the history has them. */
async function lossesOf({ page }: Program, run: number): Promise<readonly number[]> {
  const { epochs } = await page.evaluate((number) => window.medforge.invoke('runs:epochs', number, 0), run);
  return epochs.map(({ loss }) => loss);
}

test('a search computes in a page of its own, to the losses of the processor', async ({ home }) => {
  const program = await startWithCard(home);
  const { page } = program;
  expect(await cardOf(program)).toMatchObject({
    available: true,
    device: expect.stringContaining('computes on the processor') as unknown,
  });
  const dataset = await addSmallestDataset(program);
  const smallest = { epochs: 1, batch: 3, channels: 4, cells: 1 } as const;
  const native = await startSearch(page, dataset, { ...smallest, name: 'Processor' });
  await reaches(page, native, 'finished');
  const started = Date.now();
  const card = await startSearch(page, dataset, { ...smallest, backend: 'webgpu', name: 'Card' });
  await expect.poll(() => computePages(program)).toHaveLength(1);
  await expect.poll(async () => (await runOf(page, card)).state, { timeout: 240_000 }).not.toMatch(/queued|running/);
  console.log((Date.now() - started) / 1000, JSON.stringify(await runOf(page, card)), program.output().slice(-1500));
  console.log(await lossesOf(program, native), await lossesOf(program, card));
  await expect.poll(() => computePages(program)).toHaveLength(0);
  await program.close();
});
