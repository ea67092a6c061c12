import { defineConfig } from '@playwright/test';

/** What measures times has the machine for itself. */
const MEASURES = '**/speed.e2e.ts';

/** Real Electron. On Linux each worker has a display of its own; elsewhere there is one desktop, with one focus. */
export default defineConfig({
  testDir: 'test/e2e',
  projects: [
    { name: 'window', testMatch: '**/*.e2e.ts', testIgnore: MEASURES },
    { name: 'speed', testMatch: MEASURES, workers: 1 },
  ],
  outputDir: 'test-results/playwright',
  // More would share two cores with the searches that they start.
  workers: process.platform === 'linux' ? 2 : 1,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  // this suite hunts races: what fails once has failed
  retries: 0,
  reporter: [['list']],
  forbidOnly: true,
});
