import type { Page } from '@playwright/test';
import { expect, runOf } from './program.js';

export const stateOf = async (page: Page, run: number): Promise<string> => (await runOf(page, run)).state;
export const epochOf = async (page: Page, run: number): Promise<number> => (await runOf(page, run)).epoch;
export const reaches = (page: Page, run: number, state: string): Promise<void> =>
  expect.poll(() => stateOf(page, run), { timeout: 90_000 }).toBe(state);
export const passes = (page: Page, run: number, epoch: number): Promise<void> =>
  expect.poll(() => epochOf(page, run), { timeout: 90_000 }).toBeGreaterThanOrEqual(epoch);
