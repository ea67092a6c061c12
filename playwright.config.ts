import { defineConfig } from '@playwright/test';

/** Real Electron, one window at a time: the tests share the machine's cores with the searches that they start. */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.e2e.ts',
  outputDir: 'test-results/playwright',
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  // a machine that is shared with others can starve a window for seconds, and Playwright's launch of Electron has been seen to
  // hang twice in a row; a real fault fails every time
  retries: 3,
  reporter: [['list']],
  forbidOnly: true,
});
