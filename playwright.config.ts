import { defineConfig } from '@playwright/test';

/** Real Electron, one window at a time: the tests share the machine's cores with the searches that they start. */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.e2e.ts',
  outputDir: 'test-results/playwright',
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  // a machine that is shared with others can starve a window for seconds; a real fault fails three times
  retries: 2,
  reporter: [['list']],
  forbidOnly: true,
});
