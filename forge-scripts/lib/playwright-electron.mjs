/** How Playwright starts the program, for tests and measurements. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ROOT_SWITCHES } from './display.mjs';

/**
 * Holds Electron's `ready` back until Playwright is attached, so that there is no window yet. Playwright loads it by itself only
 * where it looks for the executable itself. Without it the program runs on, and where Playwright attaches in just the moment in
 * which the window goes from its empty document to the page, it is told of the empty one and never of the page, and
 * `launch` waits for a navigation that is over: one start in twenty on a busy machine.
 */
const LOADER = join(
  dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
  'lib/server/electron/loader.js',
);

/**
 * The command line of the program under Playwright.
 * @param {{ args: string[] }} runtime of `preparedElectron`
 * @param {readonly string[]} own arguments of the program
 * @returns {string[]}
 */
export function launchArguments(runtime, own = []) {
  return ['-r', LOADER, ...runtime.args, ...ROOT_SWITCHES, ...own];
}
