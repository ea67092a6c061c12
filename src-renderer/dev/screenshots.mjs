/* global document -- what page.evaluate runs, runs in the page */
// Development only: takes screenshots of the preview and runs axe on it.
//   node src-renderer/dev/screenshots.mjs [--out DIR] [--only NAME] [--sizes 1280x800,1600x1000] [--schemes light,dark]
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
    name: 'dataset-absent',
    query: 'view=datasets',
    act: (page) => page.getByRole('option', { name: /BloodMNIST/ }).click(),
  },
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
    name: 'search-form-race',
    query: 'scene=demo&view=search',
    act: async (page) => {
      await page.getByText('Advanced settings').click();
      await page.getByRole('button', { name: /Full search/ }).click();
      await page.waitForTimeout(1600);
      await scroll(9999)(page);
    },
  },
  { name: 'live', query: 'view=search&run=5001' },
  { name: 'live-lower', query: 'view=search&run=5001', act: scroll(9999) },
  {
    name: 'dataset-missing',
    query: 'view=search&run=5001',
    act: (page) => page.getByRole('button', { name: 'Pause' }).click(),
  },
  { name: 'finished', query: 'view=history&run=4999&scene=full' },
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
  { name: 'models-lower', query: 'view=models', act: scroll(9999) },
  {
    name: 'problem',
    query: 'view=datasets',
    act: async (page) => {
      await page.getByRole('button', { name: 'Add a file' }).click();
    },
  },
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
  preview: { host: '127.0.0.1', port: 5199, strictPort: true, headers: { 'Content-Security-Policy': POLICY } },
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
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
    for (const { name, query, act } of scenes.filter((scene) =>
      values.only.split(',').some((only) => scene.name.startsWith(only)),
    )) {
      const page = await context.newPage();
      page.on(
        'console',
        (message) => ['error', 'warning'].includes(message.type()) && fail(`${name}: ${message.text()}`),
      );
      page.on('pageerror', (error) => fail(`${name}: ${error.message}`));
      await page.goto(`http://127.0.0.1:5199/dev/preview.html?${query}`);
      await page.getByRole('navigation').waitFor();
      await page.waitForTimeout(600);
      await act?.(page).catch((error) => fail(`${name}: ${error.message.split('\n')[0]}`));
      await page.waitForTimeout(250);
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
