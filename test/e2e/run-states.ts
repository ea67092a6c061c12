import type { Page } from '@playwright/test';
import { expect, runOf } from './program.js';

export const stateOf = async (page: Page, run: number): Promise<string> => (await runOf(page, run)).state;
export const epochOf = async (page: Page, run: number): Promise<number> => (await runOf(page, run)).epoch;
const PATIENCE_MILLISECONDS = 90_000;
export const reaches = (page: Page, run: number, state: string, timeout = PATIENCE_MILLISECONDS): Promise<void> =>
  expect.poll(() => stateOf(page, run), { timeout }).toBe(state);
export const passes = (page: Page, run: number, epoch: number, timeout = PATIENCE_MILLISECONDS): Promise<void> =>
  expect.poll(() => epochOf(page, run), { timeout }).toBeGreaterThanOrEqual(epoch);
