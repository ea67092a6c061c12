/* global window -- what page.evaluate runs, runs in the page */
// The pictures of README.md, of the real window on a data folder whose runs have ended:
//   xvfb-run -a -s "-screen 0 1366x768x24" node forge-scripts/readme-pictures.mjs --home DIR --run SEARCH --model MODEL
// They go to docs/screenshots/: the race of the search, and the result page of the model.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { _electron } from '@playwright/test';
import sharp from 'sharp';
import { preparedElectron } from './electron-runtime.mjs';
import { launchArguments } from './lib/playwright-electron.mjs';
import { ROOT } from './lib/project.mjs';

const { values } = parseArgs({
  options: {
    home: { type: 'string' },
    run: { type: 'string', default: '1' },
    model: { type: 'string', default: '1' },
    out: { type: 'string', default: join(ROOT, 'docs', 'screenshots') },
  },
});
const runtime = preparedElectron();
if (!values.home || !runtime) throw new Error('name a data folder with --home; Electron: node forge-scripts/setup.mjs');

const electron = await _electron.launch({
  executablePath: runtime.executable,
  args: launchArguments(runtime),
  env: { ...process.env, MEDFORGE_HOME: values.home },
  colorScheme: null,
});
const page = await electron.firstWindow();
await page.getByRole('navigation').waitFor();

/** A palette of colours makes them small; nothing in them has more shades than it. */
async function picture(name) {
  // Charts and explanations have come to rest, and the pointer marks nothing.
  await page.mouse.move(0, 0);
  await page.waitForTimeout(800);
  const taken = await page.screenshot();
  mkdirSync(values.out, { recursive: true });
  await sharp(taken)
    .png({ palette: true, colours: 128, effort: 10 })
    .toFile(join(values.out, `${name}.png`));
}

const open = async (text) => {
  await page.keyboard.press('Control+K');
  await page.keyboard.type(text);
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
};

await page.setViewportSize({ width: 1280, height: 800 });
await open(`search #${values.run}`);
const race = page.getByRole('region', { name: 'Race' });
await race.waitFor();
await race.evaluate((region) => region.scrollIntoView());
await picture('race');

const models = await page.evaluate(() => window.medforge.invoke('models:list'));
const { name, seed, run } = models.find(({ model }) => model === Number(values.model));
await open(`${name} seed ${seed}, retraining #${run}`);
await page.getByRole('region', { name: 'Operating point' }).waitFor();
await page.getByRole('region', { name: 'Test results' }).waitFor();
await picture('result');
await electron.close();
