import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addTinyDataset, startSearch } from './datasets.js';
import { workersOf } from './processes.js';
import { chooseSaveFile, expect, inMain, RESULTS, runOf, stayWhenAsked, test } from './program.js';

test('a model is reported as PDF, HTML and Markdown, a comparison too, and a report is cancelled', async ({
  program,
}) => {
  test.setTimeout(300_000);
  const { page, electron, home } = program;
  const ends = (run: number): Promise<void> =>
    expect.poll(async () => (await runOf(page, run)).state, { timeout: 120_000 }).toBe('finished');
  const search = await startSearch(page, await addTinyDataset(program), { name: 'Source' });
  await ends(search);
  const retraining = await page.evaluate(
    (run) =>
      window.medforge.invoke('retrain:start', {
        run,
        epochs: 2,
        batch: 8,
        seeds: [1, 2],
        movingAverage: null,
        classWeighting: false,
        selection: 'last',
      }),
    search,
  );
  await ends(retraining);
  const name = 'מחקר 🔬 <script>alert(1)</script> | `x`';
  await page.evaluate(([run, text]) => window.medforge.invoke('runs:rename', run, text), [retraining, name] as const);

  await page.getByRole('navigation').getByRole('button', { name: 'Models', exact: true }).click();
  const save = async (label: string, file: string): Promise<Buffer> => {
    await chooseSaveFile(electron, file);
    await page.getByRole('button', { name: 'Report…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: label }).check();
    await dialog.getByRole('button', { name: 'Save…' }).click();
    await expect(page.getByText(`Report saved: ${file}`)).toBeVisible({ timeout: 60_000 });
    await expect(dialog).toBeHidden();
    return readFileSync(file);
  };

  const file = join(home, 'report.pdf');
  const pdf = (await save('PDF', file)).toString('latin1');
  mkdirSync(RESULTS, { recursive: true });
  copyFileSync(file, join(RESULTS, 'report.pdf'));
  expect(pdf.startsWith('%PDF-')).toBe(true);
  expect(pdf.match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(4);
  expect(pdf).toMatch(/\/MediaBox \[0 0 59[56][\d.]* 84[12][\d.]*\]/);
  // Headings are the outline, text is text, and what a screen reader needs is there.
  expect(pdf).toMatch(/\/Type \/Outlines/);
  expect(pdf).toMatch(/\/StructTreeRoot/);
  expect(pdf).toMatch(/\/Type \/Font\b/);
  expect(pdf).not.toMatch(/\/JavaScript|\/URI \(http/);
  // The same file again, after the dialog asked.
  expect((await save('PDF', file)).toString('latin1').startsWith('%PDF-')).toBe(true);

  const html = (await save('HTML', join(home, 'report.html'))).toString('utf8');
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(html).not.toMatch(/<script|<iframe|<img|<link|src=|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  const markdown = (await save('Markdown', join(home, 'report.md'))).toString('utf8');
  expect(markdown.split('\n')[0]).toBe('# מחקר 🔬 &lt;script&gt;alert(1)&lt;/script&gt; \\| \\`x\\`');

  // What the page says first the report says first.
  const headline = page.getByRole('region', { name: 'Test results' });
  const warning =
    (await headline.locator('.warning').count()) > 0 ? await headline.locator('.warning').innerText() : null;
  if (warning !== null) expect(markdown).toContain(warning.trim());

  const shown = await electron.evaluate(({ shell }) => {
    const paths: string[] = [];
    shell.showItemInFolder = (path) => void paths.push(path);
    Object.assign(globalThis, { shown: paths });
    return true;
  });
  expect(shown).toBe(true);
  await page.getByRole('button', { name: 'Show in folder' }).last().click();
  await expect
    .poll(() => inMain(electron, () => (globalThis as unknown as { shown: string[] }).shown))
    .toEqual([join(home, 'report.md')]);

  // Its process is held up, so that the report can be cancelled while it works.
  const cancelled = join(home, 'cancelled.pdf');
  await chooseSaveFile(electron, cancelled);
  await page.getByRole('button', { name: 'Report…' }).click();
  await expect.poll(() => workersOf(program.pid)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Save…' }).click();
  let worker = 0;
  const heldUp = (): number => {
    [worker = 0] = workersOf(program.pid);
    if (worker > 0) process.kill(worker, 'SIGSTOP');
    return worker;
  };
  await expect.poll(heldUp, { intervals: [10] }).toBeGreaterThan(0);
  await program.picture('55-report-dialog');
  // The end of the program would lose it, so it asks.
  const asked = await stayWhenAsked(electron);
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(asked).toEqual(['“cancelled.pdf” is being written. Quit anyway?']);
  process.kill(worker, 'SIGCONT');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel report' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect.poll(() => workersOf(program.pid)).toHaveLength(0);
  expect(existsSync(cancelled)).toBe(false);
  expect(readdirSync(home).filter((entry) => entry.endsWith('.tmp'))).toEqual([]);
  // Nothing went wrong by it, and another one can be written at once.
  await expect(page.getByRole('alert', { name: 'Problems' })).toBeEmpty();

  const compared = join(home, 'compared.pdf');
  await chooseSaveFile(electron, compared);
  const saved = await page.evaluate(
    (runs) => window.medforge.invoke('reports:save', { runs }, 'pdf'),
    [search, retraining],
  );
  expect(saved?.file).toBe(compared);
  expect(readFileSync(compared).toString('latin1').startsWith('%PDF-')).toBe(true);

  const refused = join(home, 'no such folder', 'report.md');
  await chooseSaveFile(electron, refused);
  const error = await page.evaluate(
    (runs) => window.medforge.invoke('reports:save', { runs }, 'md').catch((reason: unknown) => String(reason)),
    [search, retraining],
  );
  expect(error).toContain(`${refused} could not be written: its folder does not exist; choose another place.`);
});
