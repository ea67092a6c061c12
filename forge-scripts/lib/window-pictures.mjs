import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { _electron } from '@playwright/test';
import sharp from 'sharp';
import { preparedElectron } from '../electron-runtime.mjs';
import { launchArguments } from './playwright-electron.mjs';

/** The real window on a data folder. @returns {Promise<{ electron: object, page: object }>} */
export async function openWindow(home) {
  const runtime = preparedElectron();
  if (!home || !runtime) throw new Error('name a data folder with --home; Electron: node forge-scripts/setup.mjs');
  const electron = await _electron.launch({
    executablePath: runtime.executable,
    args: launchArguments(runtime),
    env: { ...process.env, MEDFORGE_HOME: home },
    colorScheme: null,
  });
  const page = await electron.firstWindow();
  await page.getByRole('navigation').waitFor();
  return { electron, page };
}

/** Of the page or a part of it. A palette of colours makes it small; nothing in it has more shades than that. */
export async function picture(page, what, folder, name) {
  // Charts and explanations have come to rest, and the pointer marks nothing.
  await page.mouse.move(0, 0);
  await page.waitForTimeout(800);
  const taken = await what.screenshot();
  mkdirSync(folder, { recursive: true });
  await sharp(taken)
    .png({ palette: true, colours: 128, effort: 10 })
    .toFile(join(folder, `${name}.png`));
}
