// The figures of a study, of the real window on its data folder:
//   xvfb-run -a -s "-screen 0 1366x1400x24" node forge-scripts/study-pictures.mjs --home DIR --study NAME --out DIR
import { parseArgs } from 'node:util';
import { openWindow, picture } from './lib/window-pictures.mjs';

const { values } = parseArgs({
  options: {
    home: { type: 'string' },
    study: { type: 'string' },
    out: { type: 'string', default: 'docs/screenshots' },
  },
});
if (!values.study) throw new Error('name a study with --study');
const { electron, page } = await openWindow(values.home);
await page.setViewportSize({ width: 1280, height: 1300 });
await page.getByRole('navigation').getByRole('button', { name: 'Studies', exact: true }).click();
await page
  .getByRole('listbox', { name: 'Studies' })
  .getByRole('option', { name: new RegExp(`^${values.study}`) })
  .click();
await page.getByRole('button', { name: 'Figures', exact: true }).click();
const region = page.getByRole('region', { name: 'Figures', exact: true });
for (const [title, name] of [
  ['Test accuracy against parameters', 'accuracy'],
  ['Parameters of sampled architectures', 'violins'],
  ['Rank of the operations', 'ranks'],
]) {
  const figure = region.locator('figure', { hasText: title }).first();
  await figure.waitFor();
  await figure.scrollIntoViewIfNeeded();
  await picture(page, figure, values.out, `study-${values.study}-${name}`);
}
await electron.close();
