import type { Page } from '@playwright/test';
import { chooseForResume } from '../../src-main/actions/resume-run.js';
import { openHistory } from '../../src-main/history/open.js';
import type { EpochRecord } from '../../src-main/vocabulary/events.js';
import { startSearch } from './datasets.js';
import {
  addSmallestDataset,
  computePages,
  computing,
  graphicsProcess,
  openedCard,
  SMALLEST,
  LONG,
  startOnCard,
  test,
} from './graphics-card.js';
import { isThere } from './processes.js';
import { expect, runOf, startProgram, stopAsking, type Program } from './program.js';
import { epochOf, passes, reaches, stateOf } from './run-states.js';

/** SwiftShader compiles for 15 s of an idle processor before the first step has ended. */
const FIRST_STEP_MILLISECONDS = 290_000;
/** What the arithmetic of a card may differ by. */
const TOLERANCE = 1e-3;

const epochsOf = async (page: Page, run: number): Promise<readonly EpochRecord[]> =>
  (await page.evaluate((number) => window.medforge.invoke('runs:epochs', number, 0), run)).epochs;

const noPage = (program: Program): Promise<void> => expect.poll(() => computePages(program)).toEqual([]);

test('a search in the page ends as on the processor, paused and resumed on its way', async ({ card: program }) => {
  test.setTimeout(900_000);
  const { page } = program;
  const dataset = await addSmallestDataset(program);
  const { run } = await startOnCard(program, dataset, { epochs: 3, name: 'In the page' });
  await passes(page, run, 1, FIRST_STEP_MILLISECONDS);
  await page.evaluate((number) => window.medforge.invoke('runs:pause', number), run);
  await reaches(page, run, 'paused');
  expect((await runOf(page, run)).error).toBe('Paused by the user.');
  await noPage(program);
  const kept = await epochsOf(page, run);
  expect(kept.length).toBeLessThan(3);
  await page.evaluate((number) => window.medforge.invoke('runs:resume', number), run);
  await reaches(page, run, 'finished', FIRST_STEP_MILLISECONDS);
  await noPage(program);
  const epochs = await epochsOf(page, run);
  expect(epochs.slice(0, kept.length)).toEqual(kept);

  const other = await startSearch(page, dataset, { ...SMALLEST, epochs: 3, backend: 'native', name: 'Beside it' });
  await reaches(page, other, 'finished');
  const expected = await epochsOf(page, other);
  expect(epochs.map(({ epoch }) => epoch)).toEqual(expected.map(({ epoch }) => epoch));
  for (const [i, { loss }] of epochs.entries()) {
    expect(Math.abs(loss - expected[i]!.loss), `loss of epoch ${i + 1}`).toBeLessThan(TOLERANCE);
  }
  const details = (number: number): Promise<unknown> =>
    page.evaluate(async (asked) => (await window.medforge.invoke('runs:details', asked)).result, number);
  const [found, without] = [await details(run), await details(other)];
  expect(found).toMatchObject({ kind: 'search', genotype: (without as { genotype: unknown }).genotype });
});

test('a retraining in the page trains, evaluates and keeps its model as on the processor', async ({
  card: program,
}) => {
  test.setTimeout(900_000);
  const { page } = program;
  const dataset = await addSmallestDataset(program);
  const search = await startSearch(page, dataset, { ...SMALLEST, backend: 'native' });
  await reaches(page, search, 'finished');
  const trained: EpochRecord[] = [];
  for (const backend of ['webgpu', 'native'] as const) {
    const recipe = { epochs: 1, batch: 2, seeds: [1], movingAverage: null, classWeighting: false } as const;
    const run = await page.evaluate((request) => window.medforge.invoke('retrain:start', request), {
      ...({ run: search, ...recipe, selection: 'last', backend } as const),
    });
    await reaches(page, run, 'finished', FIRST_STEP_MILLISECONDS);
    trained.push(...(await epochsOf(page, run)));
    await noPage(program);
  }
  expect(trained).toHaveLength(2);
  expect(Math.abs(trained[0]!.loss - trained[1]!.loss), 'loss').toBeLessThan(TOLERANCE);
  const models = await page.evaluate(() => window.medforge.invoke('models:list'));
  expect(models).toHaveLength(2);
});

test('sleep and the end of the program pause a run in the page, and close it', async ({ home, card: program }) => {
  test.setTimeout(900_000);
  const { page, electron } = program;
  const { run } = await startOnCard(program, await addSmallestDataset(program), { epochs: LONG, name: 'Sleeper' });
  await passes(page, run, 1, FIRST_STEP_MILLISECONDS);
  await electron.evaluate(({ powerMonitor }) => void powerMonitor.emit('suspend'));
  await reaches(page, run, 'paused');
  expect((await runOf(page, run)).error).toBe('The machine went to sleep.');
  await noPage(program);
  const asleep = await epochOf(page, run);
  await electron.evaluate(({ powerMonitor }) => void powerMonitor.emit('resume'));
  const hidden = await computing(program, run);
  await passes(page, run, asleep + 1, FIRST_STEP_MILLISECONDS);
  const before = await epochsOf(page, run);
  await stopAsking(electron);
  await electron.close();
  await expect.poll(() => isThere(hidden)).toBe(false);

  const again = await startProgram(home);
  expect(await runOf(again.page, run)).toMatchObject({ state: 'paused', error: 'MedForge was closed.' });
  expect((await epochsOf(again.page, run)).slice(0, before.length)).toEqual(before);
  await again.close();
});

test('with --on-gpu-fault native a run goes on by itself when its page or the card is gone', async ({
  home,
  card: program,
}) => {
  const { page } = program;
  const dataset = await addSmallestDataset(program);
  const run = await startSearch(page, dataset, { ...SMALLEST, epochs: LONG, backend: 'native', name: 'Steadfast' });
  const faults = [
    { fault: async (hidden: number) => void process.kill(hidden, 'SIGKILL'), told: /was stopped from outside/ },
    { fault: async () => void process.kill(await graphicsProcess(program), 'SIGKILL'), told: /graphics card/ },
  ];
  for (const { fault, told } of faults) {
    await passes(page, run, (await epochOf(page, run)) + 2);
    await page.evaluate((number) => window.medforge.invoke('runs:pause', number), run);
    await reaches(page, run, 'paused');
    const kept = await epochsOf(page, run);
    // As `medforge resume RUN --backend webgpu --on-gpu-fault native` does before it computes.
    const { history } = await openHistory(home);
    chooseForResume(history, run, { backend: 'webgpu', onGpuFault: 'native' });
    history.close();
    await page.evaluate((number) => window.medforge.invoke('runs:resume', number), run);
    const hidden = await computing(program, run);
    await openedCard(program, run);
    await fault(hidden);
    await passes(page, run, kept.length + 2);
    expect(await stateOf(page, run)).toBe('running');
    await noPage(program);
    expect((await epochsOf(page, run)).slice(0, kept.length)).toEqual(kept);
    const log = await page.evaluate((number) => window.medforge.invoke('runs:log', number), run);
    const warning = JSON.stringify(log)
      .split('\\n')
      .findLast((line) => line.includes('The run goes on'));
    expect(warning).toMatch(told);
    expect(warning).toContain(`The run goes on from the checkpoint of epoch ${kept.length} on native`);
  }
  await page.evaluate((number) => window.medforge.invoke('runs:cancel', number), run);
  await reaches(page, run, 'cancelled');
});
