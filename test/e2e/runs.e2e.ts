import { execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { addTinyDataset, startSearch } from './datasets.js';
import { isThere, workersOf } from './processes.js';
import { epochOf, passes, reaches, stateOf } from './run-states.js';
import {
  chooseFiles,
  expect,
  inMain,
  ROOT,
  runOf,
  startProgram,
  startWithoutWindow,
  stayWhenAsked,
  stopAsking,
  test,
} from './program.js';

const LONG = 3000;

test('a run is paused, resumed and cancelled', async ({ program }) => {
  const { page } = program;
  const run = await startSearch(page, await addTinyDataset(program), { epochs: LONG, name: 'To and fro' });
  await page.getByRole('button', { name: 'Open the current run: To and fro' }).click();
  await passes(page, run, 2);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
  await reaches(page, run, 'paused');
  expect((await runOf(page, run)).error).toBe('Paused by the user.');
  await program.picture('10-paused');
  const paused = await epochOf(page, run);
  await page.getByRole('button', { name: 'Resume' }).click();
  await passes(page, run, paused + 2);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Cancel the run' }).click();
  await reaches(page, run, 'cancelled');
  await expect(page.getByRole('button', { name: 'Resume' })).toBeHidden();
});

test('a killed worker leaves an interrupted run that resumes to its end', async ({ program }) => {
  const { page, pid } = program;
  const run = await startSearch(page, await addTinyDataset(program), { epochs: 30, name: 'Killed' });
  await page.getByRole('button', { name: 'Open the current run: Killed' }).click();
  await passes(page, run, 3);
  const workers = workersOf(pid);
  expect(workers).toHaveLength(1);
  process.kill(workers[0] ?? 0, 'SIGKILL');
  await reaches(page, run, 'interrupted');
  await expect(
    page.getByText(/was stopped from outside: by a user, or by the system when memory ran short/),
  ).toBeVisible();
  await program.picture('11-interrupted');
  const kept = await epochOf(page, run);
  expect(kept).toBeGreaterThanOrEqual(3);
  await page.getByRole('button', { name: 'Resume' }).click();
  await reaches(page, run, 'finished');
  const { epochs } = await page.evaluate((number) => window.medforge.invoke('runs:epochs', number, 0), run);
  expect(epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
});

test('main is killed: its worker ends with it, and after a new start nothing is lost', async ({ home }) => {
  const first = await startProgram(home);
  const run = await startSearch(first.page, await addTinyDataset(first), { epochs: LONG, name: 'Survivor' });
  await passes(first.page, run, 3);
  const before = await first.page.evaluate((number) => window.medforge.invoke('runs:epochs', number, 0), run);
  const [worker = 0] = workersOf(first.pid);
  expect(isThere(worker)).toBe(true);
  process.kill(first.pid, 'SIGKILL');
  await expect.poll(() => isThere(worker), { timeout: 5000 }).toBe(false);

  const second = await startProgram(home);
  const { page } = second;
  expect(await stateOf(page, run)).toBe('interrupted');
  const after = await page.evaluate((number) => window.medforge.invoke('runs:epochs', number, 0), run);
  expect(after.epochs.slice(0, before.epochs.length)).toEqual(before.epochs);
  expect(after.traces.slice(0, before.traces.length)).toEqual(before.traces);
  await page.getByRole('button', { name: 'History', exact: true }).first().click();
  await page.getByRole('row', { name: /Survivor/ }).dblclick();
  await page.getByRole('button', { name: 'Resume' }).click();
  await passes(page, run, after.epochs.length + 1);
  await second.close();
});

test('the page crashes: the run goes on and the page comes back to it', async ({ program }) => {
  const { page, electron } = program;
  const run = await startSearch(page, await addTinyDataset(program), { epochs: LONG, name: 'Unmoved' });
  await passes(page, run, 1);
  await page.getByRole('button', { name: 'Open the current run: Unmoved' }).click();
  const epoch = await epochOf(page, run);
  await electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
  );
  const again = await electron.evaluate(async ({ BrowserWindow }, number) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    const until = Date.now() + 30_000;
    while (Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      const asked = `window.medforge.invoke('runs:details', ${number}).then(({ summary }) => summary)`;
      const found: unknown = await Promise.race([
        contents?.executeJavaScript(asked).catch(() => null),
        new Promise((resolve) => setTimeout(() => resolve(null), 2000)),
      ]);
      if (found) return { summary: found, title: contents?.getTitle() };
    }
    return null;
  }, run);
  expect(again).toMatchObject({ summary: { state: 'running' }, title: 'MedForge' });
  expect((again?.summary as { epoch: number }).epoch).toBeGreaterThanOrEqual(epoch);
});

test('two runs are compared', async ({ program }) => {
  const { page } = program;
  const dataset = await addTinyDataset(program);
  const first = await startSearch(page, dataset, { name: 'Seed three', epochs: 12 });
  const second = await startSearch(page, dataset, { name: 'Seed four', seed: 4, epochs: 12 });
  await reaches(page, first, 'finished');
  await reaches(page, second, 'finished');
  await page.getByRole('button', { name: 'History', exact: true }).first().click();
  await page.getByRole('checkbox', { name: 'Select Seed three' }).check();
  await page.getByRole('checkbox', { name: 'Select Seed four' }).check();
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByRole('region', { name: 'Settings and results' })).toContainText('Seed');
  await expect(page.getByRole('region', { name: 'Genotypes', exact: true })).toBeVisible();
  await program.picture('12-compare');
});

test('a run that was started in a terminal appears, moves and ends in the window', async ({ program }) => {
  const { page, home } = program;
  await addTinyDataset(program);
  const command = spawn(
    process.execPath,
    [
      join(ROOT, 'forge-scripts', 'medforge.mjs'),
      ...['search', join(home, 'tiny.npz'), '--home', home, '--epochs', '400', '--batch', '16', '--channels', '4'],
      ...['--cells', '1', '--name', 'From a terminal'],
    ],
    { stdio: 'ignore' },
  );
  // heard from the start: a quick machine ends the command before the window is asked
  const ended = new Promise((resolve) => command.once('exit', resolve));
  await page.getByRole('button', { name: 'History', exact: true }).first().click();
  const row = page.getByRole('row', { name: /From a terminal/ });
  await expect(row).toContainText('Running', { timeout: 60_000 });
  await passes(page, 1, 2);
  await row.dblclick();
  await expect(page.getByRole('img', { name: /^Loss and accuracy\. / })).toBeVisible();
  await page.getByRole('button', { name: 'Pause' }).click();
  await reaches(page, 1, 'paused');
  expect(await ended).toBe(0);
});

test('a search that starts while its time is measured leaves no problem on the form', async ({ program }) => {
  const { page } = program;
  await addTinyDataset(program);
  await page.getByRole('navigation').getByRole('button', { name: 'Search', exact: true }).click();
  const start = page.getByRole('region', { name: 'Start' });
  await expect(start.getByRole('status')).toHaveAttribute('aria-busy', 'true');
  await start.getByRole('button', { name: 'Start search' }).click();
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.getByRole('button', { name: 'New search' }).click();
  await expect(start).toContainText('Available after the current run has ended');
  await expect(start).not.toContainText('The search starts.');
  await expect(start.locator('.bad-text')).toHaveCount(0);
  await page.evaluate(() => window.medforge.invoke('runs:cancel', 1));
});

test('a second instance hands over and opens nothing', async ({ program, home }) => {
  const before = readdirSync(join(home, 'sessions'));
  const child = program.electron.process();
  const args = child.spawnargs.slice(1).filter((argument) => !/^--(inspect|remote-debugging)/.test(argument));
  const begin = performance.now();
  execFileSync(child.spawnfile, args, {
    env: { ...process.env, MEDFORGE_HOME: home },
    timeout: 20_000,
    stdio: 'ignore',
  });
  expect(performance.now() - begin).toBeLessThan(15_000);
  expect(readdirSync(join(home, 'sessions'))).toEqual(before);
  await expect(program.page.getByRole('navigation')).toBeVisible();
});

test('a second instance brings the window of the first to the front', async ({ program, home }) => {
  const isVisible = (): Promise<boolean | undefined> =>
    inMain(program.electron, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
  await inMain(program.electron, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  expect(await isVisible()).toBe(false);
  startWithoutWindow(home);
  await expect.poll(isVisible).toBe(true);
});

test('the end of the program asks while a run is going, then pauses it', async ({ home }) => {
  const program = await startProgram(home);
  const { page, electron, pid } = program;
  const run = await startSearch(page, await addTinyDataset(program), { epochs: LONG, name: 'Going' });
  await passes(page, run, 1);
  const [worker = 0] = workersOf(pid);
  const asked = await stayWhenAsked(electron);
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(asked).toEqual(['“Going” is running. Quit anyway?']);
  expect(await stateOf(page, run)).toBe('running');
  await stopAsking(electron);
  await electron.close();
  await expect.poll(() => isThere(worker), { timeout: 5000 }).toBe(false);

  const again = await startProgram(home);
  const { summary } = await again.page.evaluate((number) => window.medforge.invoke('runs:details', number), run);
  expect(summary).toMatchObject({ state: 'paused', error: 'MedForge was closed.' });
  await again.close();
});

test('SIGTERM, as at the end of a session: checkpoint and end within the grace time, without a question', async ({
  home,
}) => {
  const program = await startProgram(home);
  const run = await startSearch(program.page, await addTinyDataset(program), { epochs: LONG });
  await passes(program.page, run, 1);
  const ended = new Promise((resolve) => program.electron.process().once('exit', resolve));
  const begin = performance.now();
  process.kill(program.pid, 'SIGTERM');
  await ended;
  expect(performance.now() - begin).toBeLessThan(12_000);
  const again = await startProgram(home);
  expect(await stateOf(again.page, run)).toBe('paused');
  await again.close();
});

test('the system shuts down: it waits for the checkpoint, without a question', async ({ home }) => {
  const program = await startProgram(home);
  const run = await startSearch(program.page, await addTinyDataset(program), { epochs: LONG });
  await passes(program.page, run, 1);
  const ended = new Promise((resolve) => program.electron.process().once('exit', resolve));
  const held = await program.electron.evaluate(({ powerMonitor }) => {
    let prevented = false;
    powerMonitor.emit('shutdown', { preventDefault: () => (prevented = true) });
    return prevented;
  });
  expect(held).toBe(true);
  await ended;
  const again = await startProgram(home);
  expect(await runOf(again.page, run)).toMatchObject({ state: 'paused', error: 'MedForge was closed.' });
  await again.close();
});

test('the machine sleeps and wakes: the run stops with a checkpoint and goes on', async ({ program }) => {
  const { page, electron } = program;
  const run = await startSearch(page, await addTinyDataset(program), { epochs: LONG });
  await passes(page, run, 1);
  const keptAwake = (): Promise<boolean> =>
    inMain(electron, ({ powerSaveBlocker }) => [0, 1, 2, 3].some((blocker) => powerSaveBlocker.isStarted(blocker)));
  expect(await keptAwake()).toBe(true);
  await electron.evaluate(({ powerMonitor }) => void powerMonitor.emit('suspend'));
  await reaches(page, run, 'paused');
  expect((await runOf(page, run)).error).toBe('The machine went to sleep.');
  await expect.poll(keptAwake).toBe(false);
  const epoch = await epochOf(page, run);
  await electron.evaluate(({ powerMonitor }) => void powerMonitor.emit('resume'));
  await passes(page, run, epoch + 1);
  expect(await stateOf(page, run)).toBe('running');
});

test('files of a folder are added together, and what is no dataset is named', async ({ program }) => {
  const { page, electron, home } = program;
  await addTinyDataset(program);
  await electron.evaluate((_electron, folder) => {
    const { mkdirSync, writeFileSync, copyFileSync } = process.getBuiltinModule('node:fs');
    mkdirSync(`${folder}/set`);
    copyFileSync(`${folder}/tiny.npz`, `${folder}/set/a.npz`);
    writeFileSync(`${folder}/set/b.npz`, 'nothing');
  }, home);
  await chooseFiles(electron, [join(home, 'set')]);
  await electron.evaluate(({ Menu }) => {
    const file = Menu.getApplicationMenu()?.items.find(({ label }) => label === '&File');
    file?.submenu?.items.find(({ label }) => label.startsWith('Add &Folder'))?.click();
  });
  const problem = page.getByRole('alert', { name: 'Problems' });
  await expect(problem).toContainText('b.npz', { timeout: 30_000 });
});
