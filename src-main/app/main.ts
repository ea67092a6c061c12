/**
 * Entry of the main process. Everything that must come before Electron is ready, and before a second instance could open
 * anything: the data folder, the single-instance lock, the sandbox, the scheme of the page. Then the window: what this file
 * imports is little, so that the page's process begins early and works while this one loads the rest.
 */
import { app, ipcMain, protocol, session } from 'electron';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { windowText } from '../errors.js';
import { prepareHome } from '../history/preflight.js';
import { homeFolder } from '../home.js';
import { registerHandlers } from '../ipc/handle.js';
import { printable } from '../printable.js';
import { isComputing } from './compute-pages.js';
import { showStartError } from './dialogs.js';
import { Faults } from './faults.js';
import { allowWebGpu, GpuGuard, hasGraphicsDevice } from './gpu-guard.js';
import { ProgramLog } from './log.js';
import { startOptions } from './options.js';
import { servePage } from './page.js';
import { StartCounter } from './safe-mode.js';
import { PRIVILEGED_SCHEMES, lockContents, lockSession } from './security.js';
import { focusWindow, openWindow } from './window.js';

/**
 * MiB that the page's engine fills before it collects what is short-lived. By itself that grows to 16, and the page with it by
 * a third over the first quarter of an hour of a search (docs/performance.md).
 */
const PAGE_ENGINE_FLAGS = '--max-semi-space-size=1';

const options = startOptions(process.argv, process.env);
const home = homeFolder(options.home);
app.setName('MedForge');

const obstacle = findObstacle();
if (obstacle === null) {
  app.setPath('userData', join(home, 'window'));
  // Every page is sandboxed, unless who starts the program took the sandbox away (as root it cannot start: tests do that).
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  app.commandLine.appendSwitch('js-flags', PAGE_ENGINE_FLAGS);
  protocol.registerSchemesAsPrivileged(PRIVILEGED_SCHEMES);
  lockContents(app);
  // One lock for each data folder. The second instance ends here, before it opens the history.
  if (app.requestSingleInstanceLock()) begin();
  else app.exit(0);
} else void refuse(obstacle);

function begin(): void {
  const log = new ProgramLog(join(home, 'medforge.log'));
  const faults = new Faults(log);
  faults.watch(process);
  const starts = new StartCounter(home);
  const safe = starts.begin();
  const gpu = new GpuGuard(home);
  // Who names an adapter on the command line wants it, whatever there is to draw with.
  const named = app.commandLine.hasSwitch('use-webgpu-adapter');
  const hardware = named || hasGraphicsDevice(process.platform);
  if (safe || gpu.failed() || !hardware) app.disableHardwareAcceleration();
  else if (process.platform === 'linux') allowWebGpu(app.commandLine);
  gpu.watch(app, log, isComputing);
  app.on('second-instance', focusWindow);
  const started = app.whenReady().then(async () => {
    lockSession(session.defaultSession);
    const served = servePage();
    const window = openWindow(log);
    const { start } = await import('./start.js');
    return start({ home, dev: options.dev, safe, log, faults, starts }, window, served);
  });
  registerHandlers(
    ipcMain,
    started.then(({ checkedHandlers }) => checkedHandlers),
    (channel, error) => log.write(channel, error),
    started.then(({ startupHandlers }) => startupHandlers),
  );
}

/** What is wrong with the data folder, null when it can be written. A full or read-only disk would end Chromium without a word. */
function findObstacle(): string | null {
  try {
    prepareHome(home);
    mkdirSync(join(home, 'window'), { recursive: true });
    return null;
  } catch (error) {
    return windowText(error);
  }
}

/** Says on stderr and in a box why nothing works without a folder to write to, and ends. */
async function refuse(message: string): Promise<void> {
  process.stderr.write(`medforge: ${printable(message)}\n`);
  try {
    // Chromium needs a place for its profile even for a box.
    const profile = mkdtempSync(join(tmpdir(), 'medforge-'));
    app.setPath('userData', profile);
    app.disableHardwareAcceleration();
    await app.whenReady();
    await showStartError(message);
    rmSync(profile, { recursive: true, force: true });
  } finally {
    app.exit(1);
  }
}
