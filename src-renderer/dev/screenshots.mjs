/* global document, window, DataTransfer, DragEvent, ErrorEvent, File, getComputedStyle, innerWidth -- what page.evaluate runs, runs in the page */
// Development only: takes screenshots of the preview and runs axe on it.
//   node src-renderer/dev/screenshots.mjs [--out DIR] [--only NAME] [--sizes 1280x800,1600x1000] [--schemes light,dark] [--forced] [--port 5199]
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from '@playwright/test';
import { build, preview } from 'vite';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'test-results/preview' },
    only: { type: 'string', default: '' },
    sizes: { type: 'string', default: '1280x800,1600x1000' },
    forced: { type: 'boolean', default: false },
    port: { type: 'string', default: '5199' },
    schemes: { type: 'string', default: 'light,dark' },
  },
});

const scroll = (to) => (page) => page.evaluate((y) => document.querySelector('main .scroll')?.scrollTo(0, y), to);
const seeRace = (page) => page.getByRole('region', { name: 'Race' }).evaluate((region) => region.scrollIntoView());
const scenes = [
  { name: 'first-start', query: 'scene=empty' },
  {
    name: 'datasets-empty',
    query: 'scene=empty',
    act: (page) => page.getByRole('button', { name: 'Datasets' }).click(),
  },
  {
    name: 'datasets',
    query: 'view=datasets',
    act: (page) => page.getByRole('option', { name: /PneumoniaMNIST/ }).click(),
  },
  { name: 'datasets-demo', query: 'view=datasets' },
  {
    name: 'dataset-own',
    query: 'scene=own&view=datasets',
    act: (page) => page.getByRole('option', { name: /not official/ }).click(),
  },
  ...['', '-pairs', '-lower', '-copy', '-unchecked', '-working', '-clean'].map((part) => ({
    name: `health${part}`,
    query: `scene=${part === '-unchecked' ? 'own' : 'full'}&view=datasets`,
    act: async (page) => {
      const name =
        part === '-clean'
          ? /PneumoniaMNIST/
          : part === '-unchecked'
            ? /not official/
            : part === '-working'
              ? /Demo/
              : /^BreastMNIST/;
      await page.getByRole('option', { name }).click();
      const report = page.getByRole('region', { name: 'Health report' });
      if (part === '-working') await report.getByRole('button', { name: 'Check this dataset' }).click();
      const shown = part === '-pairs' ? report.getByRole('list', { name: /^Pairs/ }) : report;
      await shown.evaluate(
        (element, end) => element.scrollIntoView({ block: end ? 'end' : 'start' }),
        part === '-lower',
      );
      if (part === '-copy') await report.getByRole('button', { name: 'Make a cleaned copy…' }).click();
      await page.waitForTimeout(600);
    },
  })),
  {
    name: 'dataset-absent',
    query: 'view=datasets',
    act: (page) => page.getByRole('option', { name: /BloodMNIST/ }).click(),
  },
  ...['folder', 'columns', 'columns-lower', 'split', 'pixels', 'check', 'name', 'running'].map((step, index) => ({
    name: `import-${step}`,
    query: 'view=datasets',
    act: async (page) => {
      await page.getByRole('button', { name: 'Import images…' }).click();
      const dialog = page.getByRole('dialog');
      if (index === 0) return;
      await dialog.getByRole('radio', { name: 'Data_Entry_2017.csv' }).check();
      const next = dialog.getByRole('button', { name: 'Next' });
      await next.click();
      await dialog.getByText('questions are open').waitFor();
      if (index === 1) return;
      await dialog.getByLabel('Label', { exact: true }).selectOption('Finding Labels (looks like it)');
      await dialog.getByLabel('Patient', { exact: true }).selectOption('Patient ID (looks like it)');
      if (index === 2) return void (await dialog.getByText('2 rows have').scrollIntoViewIfNeeded());
      await dialog.getByRole('radio', { name: 'Leave these rows out' }).check();
      await dialog.getByRole('radio', { name: 'Use the label of the table' }).check();
      await next.click();
      await page.waitForTimeout(300);
      if (index === 3) return;
      await dialog.getByRole('radio', { name: /separate patient/ }).check();
      for (let at = 3; at < Math.min(index, 5); at++) {
        await next.click();
        await page.waitForTimeout(at === 4 ? 2500 : 300);
      }
      if (index <= 5) return;
      await dialog.getByRole('radio', { name: 'Leave these files out' }).check();
      await page.waitForTimeout(2500);
      await next.click();
      if (index === 6) return;
      await dialog.getByRole('button', { name: 'Import', exact: true }).click();
      await page.waitForTimeout(1100);
    },
  })),
  {
    name: 'search-form',
    query: 'scene=demo&view=search',
    act: async (page) => {
      await page.waitForTimeout(1500);
    },
  },
  {
    name: 'search-form-full',
    query: 'view=search',
    act: async (page) => {
      await page.getByRole('radio', { name: /BreastMNIST/ }).check();
      await page.getByText('Advanced settings').click();
      await page.getByRole('button', { name: /Medium/ }).click();
      await page.waitForTimeout(1600);
    },
  },
  {
    name: 'search-form-wrong',
    query: 'scene=demo&view=search',
    act: async (page) => {
      await page.getByLabel('At most').fill('abc');
      await page.getByLabel('At most').blur();
      await page.getByText('Advanced settings').click();
      await page.getByLabel('Epochs').fill('1.000');
      await page.getByLabel('Seed', { exact: true }).focus();
    },
  },
  {
    name: 'search-form-measuring',
    query: 'scene=demo&view=search',
    act: async (page) => {
      await page.getByText(/measured on this computer; including the race/).waitFor();
      await page.getByText('Advanced settings').click();
      await page.getByLabel('End with a race').uncheck();
      await page.getByLabel('At most').fill('305,000');
    },
  },
  {
    name: 'search-form-unmet',
    query: 'scene=demo&view=search',
    act: async (page) => {
      await page.getByLabel('At most').fill('9,000');
      await page.getByLabel('At most').blur();
    },
  },
  {
    name: 'search-form-race',
    query: 'scene=demo&view=search',
    act: async (page) => {
      await page.getByText('Advanced settings').click();
      await page.getByRole('button', { name: /Full search/ }).click();
      await page.waitForTimeout(1600);
      await scroll(9999)(page);
    },
  },
  {
    name: 'figure-menu',
    query: 'view=search&run=5001',
    act: async (page) => {
      await page.getByRole('button', { name: 'Copy or save: Loss and accuracy' }).click();
    },
  },
  { name: 'live', query: 'view=search&run=5001' },
  { name: 'live-lower', query: 'view=search&run=5001', act: scroll(9999) },
  {
    name: 'shrunk',
    query: 'view=search&run=5001',
    act: async (page) => {
      const size = page.viewportSize();
      await page.setViewportSize({ width: 1920, height: 1080 });
      await page.waitForTimeout(400);
      await page.setViewportSize(size);
      await page.waitForTimeout(400);
    },
  },
  ...['search&run=5001', 'history', 'models'].map((view, index) => ({
    name: `names-${index}`,
    query: `view=${view}&scene=full`,
    act: async (page) => {
      const names = [
        'averylongnamewithoutanyplacetobreakit'.repeat(3),
        'חיפוש ראשון על חזה 🔬🧬, seed 1',
        '👩🏽‍⚕️👨‍👩‍👧‍👦 ultrasound',
      ];
      await page.evaluate(
        (all) => [5001, 5002, 5003].forEach((run, at) => window.medforge.invoke('runs:rename', run, all[at])),
        names,
      );
      if (index === 1) await page.getByRole('row').nth(1).click();
    },
  })),
  {
    name: 'dataset-missing',
    query: 'view=search&run=5001',
    act: (page) => page.getByRole('button', { name: 'Pause' }).click(),
  },
  { name: 'finished', query: 'view=history&run=4999&scene=full' },
  {
    name: 'cells-found',
    query: 'view=history&run=4995&scene=full',
    act: (page) => page.getByRole('region', { name: 'Architecture over the epochs' }).scrollIntoViewIfNeeded(),
  },
  { name: 'race', query: 'view=history&run=4992&scene=full', act: seeRace },
  {
    name: 'race-pointed',
    query: 'view=history&run=4992&scene=full',
    act: async (page) => {
      await seeRace(page);
      await page.getByRole('button', { name: 'Final only' }).click();
      await page.getByRole('listbox', { name: /^Race/ }).focus();
      for (let press = 0; press < 4; press++) await page.keyboard.press('ArrowRight');
    },
  },
  { name: 'race-nothing', query: 'view=history&run=4995&scene=full' },
  {
    name: 'race-live',
    query: 'view=search&run=5001&speed=60',
    act: async (page) => {
      await page.getByText(/^(2\d|3\d) of \d+$/).waitFor();
    },
  },
  { name: 'history', query: 'view=history&scene=many' },
  {
    name: 'history-chosen',
    query: 'view=history&scene=many',
    act: async (page) => {
      await page.getByRole('row').nth(3).click();
      for (const row of [2, 3, 5]) await page.getByRole('row').nth(row).getByRole('checkbox').check();
    },
  },
  {
    name: 'compare',
    query: 'view=history',
    act: async (page) => {
      await page.getByLabel('Filter runs').fill('small seed');
      await page.getByLabel('State', { exact: true }).selectOption('finished');
      for (const row of [1, 2, 3, 4]) await page.getByRole('row').nth(row).getByRole('checkbox').check();
      await page.getByRole('button', { name: 'Compare' }).click();
      await page.waitForTimeout(500);
    },
  },
  {
    name: 'compare-retrainings',
    query: 'view=history&scene=many',
    act: async (page) => {
      await page.getByLabel('Filter runs').fill('breastmnist retrained');
      await page.getByLabel('State', { exact: true }).selectOption('finished');
      for (const row of [1, 2, 3, 4]) await page.getByRole('row').nth(row).getByRole('checkbox').check();
      await page.getByRole('button', { name: 'Compare' }).click();
      await page.waitForTimeout(500);
    },
  },
  {
    name: 'compare-lower',
    query: 'view=history',
    act: async (page) => {
      await page.getByLabel('Filter runs').fill('small seed');
      for (const row of [1, 2, 3]) await page.getByRole('row').nth(row).getByRole('checkbox').check();
      await page.getByRole('button', { name: 'Compare' }).click();
      await page.waitForTimeout(500);
      await scroll(9999)(page);
    },
  },
  {
    name: 'models',
    query: 'view=models',
    act: async (page) => {
      await page.getByRole('button', { name: 'Choose an image' }).click();
    },
  },
  {
    name: 'models-groups',
    query: 'view=models',
    act: (page) => page.getByRole('region', { name: 'Groups, test set' }).evaluate((region) => region.scrollIntoView()),
  },
  {
    name: 'models-twins',
    query: 'view=models',
    act: (page) =>
      page.getByRole('region', { name: /^With and without twins/ }).evaluate((region) => region.scrollIntoView()),
  },
  {
    name: 'models-failed',
    query: 'view=models',
    act: async (page) => {
      await page.getByRole('button', { name: 'Choose an image' }).click();
      await page.getByRole('button', { name: 'Choose an image' }).click();
      await page.getByText('could not be classified, so').waitFor();
      await page.getByText('could not be classified, so').scrollIntoViewIfNeeded();
    },
  },
  ...['', '-many'].map((scene) => ({
    name: `leaderboard${scene}`,
    query: `view=models${scene ? '&scene=many' : ''}`,
    act: (page) => page.getByRole('button', { name: 'Leaderboard' }).click(),
  })),
  {
    name: 'leaderboard-difference',
    query: 'view=models',
    act: async (page) => {
      await page.getByRole('button', { name: 'Leaderboard' }).click();
      for (const row of [1, 3]) await page.getByRole('row').nth(row).getByRole('checkbox').check();
      await page.getByRole('button', { name: 'Compare two' }).click();
      await page.getByText(/McNemar/).waitFor();
    },
  },
  {
    name: 'leaderboard-columns',
    query: 'view=models',
    act: async (page) => {
      await page.getByRole('button', { name: 'Leaderboard' }).click();
      await page.getByRole('button', { name: 'Columns' }).click();
      for (const name of ['MACs', 'Recipe', 'Tags', 'Accuracy [95 %]']) {
        await page.getByRole('checkbox', { name, exact: true }).check();
      }
      await page.getByRole('checkbox', { name: 'Seed', exact: true }).focus();
    },
  },
  {
    name: 'leaderboard-edit',
    query: 'view=models',
    act: async (page) => {
      await page.getByRole('button', { name: 'Leaderboard' }).click();
      await page.getByRole('row').nth(2).focus();
      await page.keyboard.press('F2');
      await page.waitForTimeout(1500);
    },
  },
  { name: 'settings', query: 'view=history', act: (page) => page.keyboard.press('Control+,') },
  {
    name: 'settings-lower',
    query: 'view=history',
    act: async (page) => {
      await page.keyboard.press('Control+,');
      await page.getByLabel('Numbers').selectOption('point-comma');
      await page.getByText('What MedForge never does').evaluate((heading) => heading.scrollIntoView());
    },
  },
  {
    name: 'palette',
    query: 'view=history&scene=many',
    act: async (page) => {
      await page.keyboard.press('Control+k');
      await page.keyboard.type('brs med');
      await page.keyboard.press('ArrowDown');
    },
  },
  {
    name: 'guide',
    query: 'view=history',
    act: (page) => page.getByRole('button', { name: 'Guide', exact: true }).click(),
  },
  {
    name: 'term',
    query: 'view=search&run=5001',
    act: (page) => page.getByRole('button', { name: 'Explain: Supernet' }).first().focus(),
  },
  ...['application/pdf', 'image/png', ''].map((type, index) => ({
    name: `drop-${index}`,
    query: 'view=models',
    act: (page) =>
      page.evaluate((kind) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(['x'], 'x', { type: kind }));
        window.dispatchEvent(new DragEvent('dragenter', { dataTransfer }));
      }, type),
  })),
  { name: 'models-lower', query: 'view=models', act: scroll(9999) },
  {
    name: 'models-try',
    query: 'view=models',
    act: async (page) => {
      const region = page.getByRole('region', { name: 'Try an image' });
      await region.getByRole('button', { name: /Choose an image/ }).click();
      await region.evaluate((element) => element.scrollIntoView());
    },
  },
  {
    name: 'gallery',
    query: 'view=models',
    act: async (page) => {
      await page
        .getByRole('button', { name: /truth “malignant”, prediction “normal, benign”/ })
        .first()
        .click();
      await page
        .getByRole('option', { name: /^Image/ })
        .first()
        .waitFor();
      for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight'])
        await page.keyboard.press(key);
    },
  },
  {
    name: 'gallery-problem',
    query: 'view=models',
    act: async (page) => {
      // only those in sight are in the document
      await page.getByRole('listbox', { name: 'Models' }).getByRole('option').first().click();
      await page.keyboard.press('End');
      await page
        .getByRole('button', { name: /^Show .* 90.% to 100.%/ })
        .first()
        .click();
      await page.getByRole('button', { name: 'Find the file…' }).waitFor();
    },
  },
  {
    name: 'models-point',
    query: 'view=models',
    act: (page) => page.getByRole('region', { name: 'Operating point' }).evaluate((region) => region.scrollIntoView()),
  },
  {
    name: 'models-reliability',
    query: 'view=models',
    act: (page) =>
      page.getByRole('group', { name: /calibrated/ }).evaluate((group) => group.scrollIntoView({ block: 'center' })),
  },
  {
    name: 'problem',
    query: 'view=datasets',
    act: async (page) => {
      await page.getByRole('button', { name: 'Add a file' }).click();
    },
  },
  ...['Control+,', 'Control+/'].map((keys, index) => ({
    name: `dialog-problem-${index}`,
    query: 'view=history',
    act: async (page) => {
      await page.keyboard.press(keys);
      await page.evaluate(() => window.dispatchEvent(new ErrorEvent('error', { message: 'The disk is full.' })));
    },
  })),
  {
    name: 'confirm',
    query: 'view=search&run=5001',
    act: async (page) => {
      await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    },
  },
  {
    name: 'retrain',
    query: 'view=history&scene=full',
    act: async (page) => {
      await page.getByLabel('State', { exact: true }).selectOption('finished');
      await page
        .getByRole('row', { name: /, seed \d/ })
        .first()
        .dblclick();
      await page.getByRole('button', { name: /Retrain this/ }).click();
    },
  },
];

/** What scrolls sideways or lies beyond the window; regions that say so (tables of runs side by side) may. */
const sideways = () => {
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (box.width === 0 || style.visibility === 'hidden' || element.closest('.visually-hidden')) continue;
    const name = `${element.localName}.${[...element.classList].join('.')}`;
    const scrolls = /auto|scroll/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
    if (scrolls && element.getAttribute('role') !== 'region')
      found.push(`${name} scrolls sideways, ${element.scrollWidth} in ${element.clientWidth}`);
    if (box.right > innerWidth + 1 && !element.closest('[role=region], svg'))
      found.push(`${name} ends at ${Math.round(box.right)} of ${innerWidth}`);
  }
  return found.slice(0, 4);
};

// The built files under the policy of the real window, so that what it would block shows here.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
  "worker-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'; " +
  "require-trusted-types-for 'script'; trusted-types svelte-trusted-html";
const outDir = '../dist/preview';
await build({ logLevel: 'warn', build: { outDir, rolldownOptions: { input: 'src-renderer/dev/preview.html' } } });
const server = await preview({
  logLevel: 'warn',
  build: { outDir },
  preview: {
    host: '127.0.0.1',
    port: Number(values.port),
    strictPort: false,
    headers: { 'Content-Security-Policy': POLICY },
  },
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
mkdirSync(values.out, { recursive: true });
let serious = 0;
/** Scenes that did not play, and what the page complained of, blocked styles and scripts among it. */
let failed = 0;
const fail = (text) => {
  failed++;
  console.log(text);
};
for (const size of values.sizes.split(',')) {
  const [width, height] = size.split('x').map(Number);
  for (const colorScheme of values.schemes.split(',')) {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme,
      forcedColors: values.forced ? 'active' : 'none',
      reducedMotion: 'reduce',
    });
    for (const { name, query, act } of scenes.filter((scene) =>
      values.only.split(',').some((only) => scene.name.startsWith(only)),
    )) {
      const page = await context.newPage();
      page.on(
        'console',
        (message) => ['error', 'warning'].includes(message.type()) && fail(`${name}: ${message.text()}`),
      );
      page.on('pageerror', (error) => fail(`${name}: ${error.message}`));
      await page.goto(`${server.resolvedUrls.local[0]}dev/preview.html?${query}`);
      await page.getByRole('navigation').waitFor();
      await page.waitForTimeout(600);
      await act?.(page).catch((error) => fail(`${name}: ${error.message.split('\n')[0]}`));
      await page.waitForTimeout(250);
      for (const text of await page.evaluate(sideways)) fail(`${name} ${size}: ${text}`);
      await page.screenshot({ path: `${values.out}/${name}-${size}-${colorScheme}.png` });
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
        .analyze();
      for (const { id, impact, nodes } of violations) {
        if (impact === 'serious' || impact === 'critical') serious++;
        console.log(
          `axe ${name} ${colorScheme}: ${impact} ${id}: ${nodes
            .slice(0, 3)
            .map(
              (node) =>
                `${node.target.join(' ')} (${node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? ''})`,
            )
            .join(' | ')}`,
        );
      }
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
await new Promise((resolve) => server.httpServer.close(resolve));
console.log(`${serious} serious axe findings, ${failed} failures`);
process.exit(serious + failed === 0 ? 0 : 1);
