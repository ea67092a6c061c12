/* global window -- what page.evaluate runs, runs in the page */
// The pictures of README.md, of the real window on a data folder whose runs have ended:
//   xvfb-run -a -s "-screen 0 1366x768x24" node forge-scripts/readme-pictures.mjs --home DIR --run SEARCH --model MODEL
// They go to docs/screenshots/: the race of the search, and the result page of the model.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './lib/project.mjs';
import { openWindow, picture } from './lib/window-pictures.mjs';

const { values } = parseArgs({
  options: {
    home: { type: 'string' },
    run: { type: 'string', default: '1' },
    model: { type: 'string', default: '1' },
    out: { type: 'string', default: join(ROOT, 'docs', 'screenshots') },
  },
});
const { electron, page } = await openWindow(values.home);
const take = (name) => picture(page, page, values.out, name);

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
await take('race');

const models = await page.evaluate(() => window.medforge.invoke('models:list'));
const { name, seed, run } = models.find(({ model }) => model === Number(values.model));
await open(`${name} seed ${seed}, retraining #${run}`);
await page.getByRole('region', { name: 'Operating point' }).waitFor();
await page.getByRole('region', { name: 'Test results' }).waitFor();
await take('result');
await electron.close();
