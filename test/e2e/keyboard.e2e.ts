import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { chooseFiles, expect, inMain, runOf, test } from './program.js';

test.describe.configure({ mode: 'serial' });

/** What keeps somebody out, and what does not fit into the width of the window. */
async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const found = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  return [...found, ...(await sideways(page))];
}

/** Packs a folder as file managers do: with the folder itself. */
async function pack(folder: string, file: string): Promise<void> {
  const writer = new ZipWriter(new Uint8ArrayWriter());
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    await writer.add(relative(dirname(folder), path), new Uint8ArrayReader(readFileSync(path)));
  }
  writeFileSync(file, await writer.close());
}

/** Of the page as a whole, and of controls that lie outside what can be scrolled to. */
function sideways(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wide = [document.documentElement, document.querySelector('main'), document.querySelector('main .scroll')]
      .filter((element) => element !== null && element.scrollWidth > element.clientWidth + 1)
      .map((element) => `${element!.tagName} scrolls sideways: ${element!.scrollWidth} in ${element!.clientWidth}`);
    const lost = [...document.querySelectorAll('button, input, select')]
      .filter((element) => !element.closest('[popover], .visually-hidden, [role=region]'))
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.right > innerWidth + 1 || box.left < -1))
      .map(({ element }) => `outside the window: ${element.outerHTML.slice(0, 120)}`);
    return [...wide, ...lost];
  });
}

test('by keyboard alone from the first start to an exported bundle', async ({ program }) => {
  const { page, electron, home } = program;
  test.setTimeout(400_000);
  const focused = (): Promise<string> =>
    page.evaluate(() => {
      const { activeElement: at } = document;
      return (
        at?.getAttribute('aria-label') ??
        (at as HTMLInputElement | null)?.labels?.[0]?.textContent.trim() ??
        at?.textContent.trim() ??
        ''
      );
    });
  const tabTo = async (text: RegExp): Promise<void> => {
    for (let i = 0; i < 80; i++) {
      if (text.test(await focused())) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach ${text}; the focus is on ${await focused()}`);
  };
  const write = async (label: RegExp, text: string): Promise<void> => {
    await tabTo(label);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
  };
  const palette = async (typed: string): Promise<void> => {
    await page.keyboard.press('Control+K');
    await expect(page.getByRole('combobox', { name: /^Commands/ })).toBeFocused();
    await page.keyboard.type(typed);
    // what a run has made may come a moment after its end
    await expect(page.getByRole('option').first()).toBeVisible();
    await page.keyboard.press('Enter');
  };

  await palette('guide');
  await expect(page.getByRole('dialog', { name: 'From your first dataset to a bundle' })).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await program.picture('40-guide');
  await tabTo(/^Try the demo dataset$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'New search' })).toBeVisible({ timeout: 60_000 });

  await tabTo(/^Advanced settings/);
  await page.keyboard.press('Enter');
  await write(/^Epochs$/, '3');
  await write(/^Batch$/, '256');
  await write(/^Channels$/, '4');
  await write(/^Cells per stage$/, '1');
  await tabTo(/^End with a race$/);
  await page.keyboard.press('Space');
  await write(/^Name of the run$/, 'By keyboard');
  await tabTo(/^(Start search)$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'By keyboard' })).toBeVisible();
  await expect.poll(async () => (await runOf(page, 1)).state, { timeout: 120_000 }).toBe('finished');

  await tabTo(/^Retrain this architecture/);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: /^Retrain the architecture/ });
  await write(/^Epochs$/, '1');
  await expect(dialog.getByText(/1 epoch × 1 seed: (under a minute|about .* min) on this computer/)).toBeVisible({
    timeout: 60_000,
  });
  await program.picture('41-retrain-estimate');
  await tabTo(/^Start retraining$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'By keyboard, retrained' })).toBeVisible({ timeout: 30_000 });
  await expect.poll(async () => (await runOf(page, 2)).state, { timeout: 120_000 }).toBe('finished');

  await palette('seed 1, retraining');
  await expect(page.getByRole('heading', { level: 1, name: /By keyboard/ })).toBeVisible();
  await chooseFiles(electron, [home]);
  await tabTo(/^Export/);
  await page.keyboard.press('Enter');
  const bundle = (): string | undefined =>
    page.isClosed()
      ? undefined
      : readdirSync(home).find((name) => !name.startsWith('.') && existsSync(join(home, name, 'manifest.json')));
  await expect.poll(bundle, { timeout: 120_000 }).toBeTruthy();

  // What was made is dropped onto the window, and verified again.
  const input = await page.evaluateHandle(() => {
    const made = document.createElement('input');
    made.type = 'file';
    made.hidden = true;
    document.body.append(made);
    return made;
  });
  await input.asElement().setInputFiles(join(home, bundle()!, 'manifest.json'));
  const drop = (): Promise<void> =>
    page.evaluate((from) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(from.files![0]!);
      for (const type of ['dragenter', 'drop']) {
        window.dispatchEvent(new DragEvent(type, { dataTransfer, cancelable: true }));
      }
    }, input);
  const whole = page.getByRole('dialog', { name: /^Bundle .* is intact$/ });
  await drop();
  await expect(whole).toBeVisible({ timeout: 60_000 });
  await program.picture('42-bundle-dropped');
  await page.keyboard.press('Escape');
  await expect(whole).toHaveCount(0);

  // Packed it is the same.
  const packed = join(home, 'packed.zip');
  await pack(join(home, bundle()!), packed);
  await input.asElement().setInputFiles(packed);
  await drop();
  await expect(whole).toContainText(packed, { timeout: 60_000 });
  await page.keyboard.press('Escape');
  await expect(whole).toHaveCount(0);

  // A file that a script made has no path, and the page cannot name one.
  const refused = await page.evaluate(async () => {
    const made = await window.medforge.receive([new File(['x'], '/etc/passwd')], null).catch(String);
    const invoke = window.medforge.invoke as (channel: string, ...given: unknown[]) => Promise<unknown>;
    const named = await invoke('files:receive', ['/etc/passwd'], null).catch(String);
    return [made, named];
  });
  expect(refused).toEqual([
    expect.stringMatching(/No file was dropped/),
    expect.stringMatching(/no channel is called files:receive/),
  ]);

  const go = async (key: string): Promise<void> => {
    await page.keyboard.press(key);
    await page.waitForTimeout(150);
  };
  /** Every place, what lies inside it, the palette and the settings, at 100, 150 and 200 %. */
  const visit = async (colours: string, faultsAt: (zoom: number) => Promise<string[]>): Promise<void> => {
    const find = async (where: string, zoom: number): Promise<void> =>
      expect(await faultsAt(zoom), `${where} at ${zoom}, ${colours}`).toEqual([]);
    for (const zoom of [1, 1.5, 2]) {
      await inMain(
        electron,
        ({ BrowserWindow }, factor) => {
          BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(factor);
        },
        zoom,
      );
      await go('Control+1');
      await find('datasets', zoom);
      await go('Control+2');
      await find('search', zoom);
      await go('Control+3');
      await find('history', zoom);
      await page.getByRole('row').nth(1).press('Enter');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(/keyboard/);
      await find('a run', zoom);
      await go('Control+4');
      await find('models', zoom);
      if (zoom === 2) await program.picture(`43-models-${colours}-200`);
      await page.getByRole('button', { name: 'Leaderboard' }).press('Enter');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Leaderboard');
      await find('leaderboard', zoom);
      for (const key of ['Control+K', 'Control+,']) {
        await go(key);
        await find(key, zoom);
        await page.keyboard.press('Escape');
      }
    }
    await inMain(electron, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(1));
  };
  await page.setViewportSize({ width: 1024, height: 700 });
  // At 100 % other tests run axe.
  await visit('usual-colours', (zoom) => (zoom === 1 ? sideways(page) : faults(page)));
  await page.setViewportSize({ width: 1360, height: 860 });
  await page.emulateMedia({ forcedColors: 'active' });
  await visit('forced-colours', () => faults(page));
});

test('settings take effect at once and are remembered', async ({ program }) => {
  const { page, electron } = program;
  await page.keyboard.press('Control+,');
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  await expect(dialog.getByText(/free on this disk/)).toBeVisible();
  await expect(dialog.getByRole('list', { name: 'Backends' }).getByText('CPU (native)')).toBeVisible({
    timeout: 60_000,
  });
  await dialog.getByLabel('Colours').selectOption('dark');
  await expect.poll(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(true);
  await dialog.getByLabel('Numbers').selectOption('point-comma');
  await dialog.getByLabel('Threads').fill('1');
  expect(await faults(page)).toEqual([]);
  await program.picture('45-settings-dark');
  const kept = await page.evaluate(async () => (await window.medforge.invoke('app:state')).preferences);
  expect(kept).toMatchObject({ theme: 'dark', numbers: 'point-comma', threads: 1 });
  expect(await inMain(electron, ({ nativeTheme }) => nativeTheme.themeSource)).toBe('dark');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
});
