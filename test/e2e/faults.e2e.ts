import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openHistory } from '../../src-main/history/open.js';
import { canMount, fill, free, writeUntilFull } from '../integration/faults/small-disk.js';
import { searchConfig } from '../unit/history/fixtures.js';
import { addTinyDataset, startSearch } from './datasets.js';
import { expect, runOf, startProgram, startWithoutWindow, test } from './program.js';
import { passes, reaches } from './run-states.js';

/** How long a message stays before a test believes that it waits for the user. */
const STAYS_MILLISECONDS = 2000;

function mount(home: string, ...options: string[]): void {
  execFileSync('mount', ['-t', 'tmpfs', ...options, 'tmpfs', home]);
}

test.describe('a data folder that cannot be written', () => {
  test.skip(!canMount, 'mounting needs root');
  test.afterEach(({ home }) => void execFileSync('umount', ['-l', home]));

  const cases = [
    {
      what: 'is on a read-only disk',
      prepare(home: string): void {
        mount(home, '-o', 'ro');
      },
      message: 'its disk is read-only. Set the variable MEDFORGE_HOME to another folder, or make the disk writable.',
    },
    {
      what: 'is on a full disk',
      prepare(home: string): void {
        mount(home, '-o', 'size=1m');
        fill(home);
      },
      message: 'its disk is full. Set the variable MEDFORGE_HOME to another folder, or free some space.',
    },
  ];
  for (const { what, prepare, message } of cases) {
    test(`${what}: said at the start, on the screen until the user has seen it`, async ({ home }) => {
      prepare(home);
      const before = readdirSync(home);
      const start = startWithoutWindow(home);
      try {
        await expect.poll(() => start.output()).toContain(`The data folder ${home} cannot be used: ${message}`);
        await new Promise((resolve) => setTimeout(resolve, STAYS_MILLISECONDS));
        expect(start.ended()).toBeNull();
        expect(readdirSync(home)).toEqual(before);
      } finally {
        await start.kill();
      }
    });
  }

  test('has little room: it is said when a run starts how much it may take, and the run is tried', async ({ home }) => {
    mount(home, '-o', 'size=100m');
    const program = await startProgram(home);
    const dataset = await addTinyDataset(program);
    const run = await startSearch(program.page, dataset, { epochs: 3000, channels: 8, name: 'Large' });
    const problems = program.page.getByRole('alert', { name: 'Problems' });
    await expect(problems).toContainText('“Large”');
    await expect(problems).toContainText(/This run may need 56 MB on the disk of .* but only \d\d MB is free for it/);
    await expect(problems).toContainText(
      'Free some space, or use a data folder on another disk (see Settings, Data folder).',
    );
    await passes(program.page, run, 1);
    await program.picture('37-little-room');
    await program.close();
  });

  test('becomes full while a run is going: it pauses, all can be read, deleting makes room, and it goes on with space', async ({
    home,
  }) => {
    mount(home, '-o', 'size=400m');
    const program = await startProgram(home);
    const dataset = await addTinyDataset(program);
    const spare = await startSearch(program.page, dataset, { name: 'Spare' });
    await reaches(program.page, spare, 'finished');
    const run = await startSearch(program.page, dataset, { epochs: 3000, name: 'Too much' });
    await passes(program.page, run, 1);
    fill(home);
    await reaches(program.page, run, 'paused');
    const { error } = await runOf(program.page, run);
    expect(error).toMatch(/full|Not enough space/);
    expect(error).toMatch(/[Ff]ree some space/);
    await program.page.getByRole('button', { name: 'History' }).click();
    await program.page.getByText('Too much').first().click();
    await expect(program.page.getByRole('alert', { name: 'Problems' })).toContainText(/“Too much” was paused/);
    await expect(program.page.getByRole('status').filter({ hasText: /[Ff]ree some space/ })).toBeVisible();
    await program.picture('37-full-disk');

    // To the last byte: reading goes on, every epoch is kept, and deleting makes room.
    // The end of the run may have spent its reserve: what is kept for deletions is enough, though the folder is small.
    rmSync(join(home, 'reserve'), { force: true });
    writeUntilFull(join(home, 'filler-rest'));
    const kept = await runOf(program.page, run);
    const { epochs } = await program.page.evaluate((one) => window.medforge.invoke('runs:epochs', one, 0), run);
    expect(epochs).toHaveLength(kept.epoch);
    await expect(program.page.locator('output').first()).toContainText(`${kept.epoch} / `);
    const folder = join(home, 'runs', String(spare));
    expect([existsSync(folder), statfsSync(home).bavail]).toEqual([true, 0]);
    await program.page.evaluate((one) => window.medforge.invoke('runs:delete', one), spare);
    // what is freed goes into the reserves first
    const room = existsSync(join(home, 'reserve-deletion')) || statfsSync(home).bavail > 0;
    expect([existsSync(folder), room]).toEqual([false, true]);
    await program.page.getByRole('navigation').getByRole('button', { name: 'History', exact: true }).click();
    await expect(program.page.getByText('Too much').first()).toBeVisible();
    await expect(program.page.getByRole('row', { name: /Spare/ })).toHaveCount(0);

    // One cause is one message, whatever failed by it.
    const problems = program.page.getByRole('alert', { name: 'Problems' });
    await expect(problems.getByRole('button', { name: /^Dismiss/ })).toHaveCount(1);

    const begin = performance.now();
    await program.close();
    expect(performance.now() - begin).toBeLessThan(15_000);

    free(home);
    const again = await startProgram(home);
    const { epoch } = await runOf(again.page, run);
    expect(epoch).toBeGreaterThanOrEqual(1);
    await again.page.evaluate((number) => window.medforge.invoke('runs:resume', number), run);
    await passes(again.page, run, epoch + 1);
    await again.close();
  });
});

test('after two starts that failed, the third has the defaults and holds the queue', async ({ home }) => {
  mkdirSync(join(home, 'window'), { recursive: true });
  writeFileSync(join(home, 'window', 'starts'), '2');
  const { history } = await openHistory(home);
  history.createRun(searchConfig, { queue: true });
  history.setSetting('view', { place: 'models', run: null });
  history.close();
  const { page, close, picture } = await startProgram(home);
  await expect(page.getByText('MedForge started with default settings')).toBeVisible();
  await picture('38-safe-start');
  expect((await runOf(page, 1)).state).toBe('queued');
  expect(await page.getByRole('navigation').locator('[aria-current]').textContent()).not.toContain('Models');
  await close();
  // It came as far as the window, so the next one is an ordinary one.
  const next = await startProgram(home);
  await expect(next.page.getByText('MedForge started with default settings')).toHaveCount(0);
  await next.close();
});

test('a damaged history is kept, and its runs are read again from their folders', async ({ home }) => {
  const program = await startProgram(home);
  const run = await startSearch(program.page, await addTinyDataset(program), { name: 'Survivor' });
  await reaches(program.page, run, 'finished');
  await program.close();
  const file = join(home, 'medforge.db');
  const damaged = readFileSync(file).fill(0x5a, 0, 4096);
  writeFileSync(file, damaged);

  const again = await startProgram(home);
  await expect(again.page.getByText('The history was repaired')).toBeVisible();
  await expect(again.page.getByText(/was damaged; it is kept in/)).toBeVisible();
  await again.picture('39-repaired');
  expect(await runOf(again.page, run)).toMatchObject({ name: 'Survivor', state: 'finished', epoch: 6 });
  const kept = readdirSync(home).find((name) => name.startsWith('corrupt-')) ?? '';
  expect(readFileSync(join(home, kept, 'medforge.db')).equals(damaged)).toBe(true);
  await again.close();
});

test('a history of a newer MedForge is left as it is, and the start says so', async ({ home }) => {
  const { history } = await openHistory(home);
  history.close();
  execFileSync(process.execPath, [
    '-e',
    `const D = require('better-sqlite3'); const d = new D(process.argv[1]); d.pragma('user_version = 999'); d.close();`,
    join(home, 'medforge.db'),
  ]);
  const before = readFileSync(join(home, 'medforge.db'));
  const start = startWithoutWindow(home);
  try {
    await expect.poll(() => start.output()).toMatch(/the start failed: .*newer/i);
    await new Promise((resolve) => setTimeout(resolve, STAYS_MILLISECONDS));
    expect(start.ended()).toBeNull();
    expect(readFileSync(join(home, 'medforge.db')).equals(before)).toBe(true);
  } finally {
    await start.kill();
  }
});
