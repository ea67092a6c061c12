import { defineConfig } from '@playwright/test';

/** Real Electron, one window at a time: the tests share the machine's cores with the searches that they start. */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.e2e.ts',
  outputDir: 'test-results/playwright',
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  // this suite hunts races: what fails once has failed
  retries: 0,
  reporter: [['list']],
  forbidOnly: true,
});
