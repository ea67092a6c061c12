import { _electron, expect, test as base, type ElectronApplication, type Page } from '@playwright/test';
import type * as Electron from 'electron';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MedForgeApi, RunSummary } from '../../src-main/ipc/contract.js';
import { temporaryFolder } from '../unit/history/fixtures.js';
import { openDisplay } from './display.js';

declare global {
  interface Window {
    readonly medforge: MedForgeApi;
  }
}

interface Runtime {
  readonly executable: string;
  readonly args: readonly string[];
}

/** Plain JavaScript without types, because it runs before anything is installed. */
const RUNTIME_SCRIPT: string = '../../forge-scripts/electron-runtime.mjs';
const LAUNCH_SCRIPT: string = '../../forge-scripts/lib/playwright-electron.mjs';
const { preparedElectron } = (await import(RUNTIME_SCRIPT)) as {
  preparedElectron(): Runtime | null;
};
const { launchArguments } = (await import(LAUNCH_SCRIPT)) as {
  launchArguments(runtime: Runtime, own?: readonly string[]): string[];
};

export const ROOT = join(import.meta.dirname, '..', '..');
export const RESULTS = join(ROOT, 'test-results');

export interface Program {
  readonly electron: ElectronApplication;
  readonly page: Page;
  readonly home: string;
  /** Process number of main. */
  readonly pid: number;
  /** Everything that main has written to its terminal. */
  output(): string;
  /** A picture of the page under test-results. */
  picture(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Chromium's own sandbox cannot start as root; only tests ever leave it out. */
const ROOT_SWITCHES = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

function requireElectron(): Runtime {
  const runtime = preparedElectron();
  if (!runtime) throw new Error('Electron is not there: node forge-scripts/setup.mjs');
  return runtime;
}

/** A start of the program that is not to come as far as a window. */
export interface Refusal {
  /** What it has written to its terminal. */
  output(): string;
  /** Its exit code or signal, null while it is there: while its message is on the screen. */
  ended(): number | string | null;
  kill(): Promise<void>;
}

/** Starts the program on a data folder without Playwright, which waits for a window. */
export function startWithoutWindow(home: string): Refusal {
  const { executable, args } = requireElectron();
  const child = spawn(executable, [...args, ...ROOT_SWITCHES], { env: { ...process.env, MEDFORGE_HOME: home } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const gone = once(child, 'exit');
  return {
    output: () => output,
    ended: () => child.exitCode ?? child.signalCode,
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Starts the program on a data folder, as a user would. */
export async function startProgram(
  home: string,
  options: {
    readonly args?: readonly string[];
    readonly env?: Record<string, string>;
    /** Give the page the size of the pictures; default true. */
    readonly viewport?: boolean;
  } = {},
): Promise<Program> {
  const runtime = requireElectron();
  const electron = await _electron.launch({
    executablePath: runtime.executable,
    args: launchArguments(runtime, options.args),
    env: { ...(process.env as Record<string, string>), MEDFORGE_HOME: home, ...options.env },
    // The colours follow the system, as the program does, and not Playwright.
    colorScheme: null,
    timeout: 30_000,
  });
  const child = electron.process();
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const page = await electron.firstWindow({ timeout: 30_000 });
  if (options.viewport !== false) await page.setViewportSize({ width: 1360, height: 860 });
  await expect(page.getByRole('navigation')).toBeVisible();
  return {
    electron,
    page,
    home,
    pid: child.pid ?? 0,
    output: () => output,
    async picture(name) {
      mkdirSync(RESULTS, { recursive: true });
      await page.screenshot({ path: join(RESULTS, `${name}.png`) });
    },
    async close() {
      await stopAsking(electron).catch(() => undefined);
      await electron.close();
    },
  };
}

/**
 * Does something in main, and again where Chromium has lost the answer: its collector takes the promise of a call that
 * ends while it runs ("Resulting promise was garbage collected"). So it must be the same done twice.
 */
export async function inMain<Result, Argument = undefined>(
  electron: ElectronApplication,
  work: (modules: typeof Electron, argument: Argument) => Result | Promise<Result>,
  argument?: Argument,
): Promise<Result> {
  for (let left = 5; ; left--) {
    try {
      return await electron.evaluate<Result, never>(work as never, argument as never);
    } catch (error) {
      if (left === 0 || !/promise was garbage collected/.test(String(error))) throw error;
    }
  }
}

/** The question at the end is answered with "Pause and Quit". */
export async function stopAsking(electron: ElectronApplication): Promise<void> {
  const answer = ({ dialog }: typeof Electron, response: number): void => {
    dialog.showMessageBox = () => Promise.resolve({ response, checkboxChecked: false });
  };
  await inMain(electron, answer, 0);
}

/** Keeps the messages of the boxes that ask, and answers them with their second button: stay. @returns what was asked */
export async function stayWhenAsked(electron: ElectronApplication): Promise<() => Promise<readonly string[]>> {
  await inMain(electron, ({ dialog }) => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked });
    dialog.showMessageBox = ((_window: unknown, { message }: { message: string }) => {
      asked.push(message);
      return Promise.resolve({ response: 1, checkboxChecked: false });
    }) as never;
  });
  return () => inMain(electron, () => (globalThis as unknown as { asked: string[] }).asked);
}

/** The next open dialog answers with these files. */
export async function chooseFiles(electron: ElectronApplication, filePaths: readonly string[]): Promise<void> {
  const answer = ({ dialog }: typeof Electron, paths: readonly string[]): void => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: paths.length === 0, filePaths: [...paths] });
  };
  await inMain(electron, answer, filePaths);
}

/** The next save dialog answers with this file. */
export async function chooseSaveFile(electron: ElectronApplication, filePath: string): Promise<void> {
  const answer = ({ dialog }: typeof Electron, path: string): void => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: path });
  };
  await inMain(electron, answer, filePath);
}

/** The run as the window's own channel tells it. */
export async function runOf(page: Page, run: number): Promise<RunSummary> {
  return page.evaluate(async (number) => (await window.medforge.invoke('runs:details', number)).summary, run);
}

/**
 * Each test has a data folder of its own, and a program on it when it asks for one; tests that run at the same time have
 * displays of their own.
 */
export const test = base.extend<{ home: string; program: Program }, { display: null }>({
  display: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      if (process.platform !== 'linux') return use(null);
      const display = await openDisplay();
      process.env['DISPLAY'] = display.name;
      await use(null);
      await display.close();
    },
    { scope: 'worker', auto: true },
  ],
  // Playwright reads the names of the first argument; an empty pattern says "none".
  // eslint-disable-next-line no-empty-pattern
  home: async ({}, use) => {
    const { folder, remove } = temporaryFolder();
    await use(folder);
    remove();
  },
  program: async ({ home }, use) => {
    const program = await startProgram(home);
    await use(program);
    await program.close();
  },
});

export { expect };
