/** Screens for programs with a window on a machine that has none. */
import { spawn } from 'node:child_process';
import { requireSystem } from './system.mjs';

/** For measurements only: Chromium's own sandbox cannot start as root. */
export const ROOT_SWITCHES = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** Whether windows can be opened here as it is. */
export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** A command, run on a virtual display of a laptop's size. @returns {[string, string[]]} */
export function virtualDisplay(command, args) {
  return ['xvfb-run', ['-a', '-s', '-screen 0 1600x1000x24', command, ...args]];
}

/**
 * Runs a script of this project again, with this process's arguments, under Xvfb.
 * @param {string} script
 * @returns {Promise<number>} its exit code
 */
export async function underVirtualDisplay(script) {
  await requireSystem(['window', 'display']);
  const child = spawn(...virtualDisplay(process.execPath, [script, ...process.argv.slice(2)]), { stdio: 'inherit' });
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('exit', (code) => done(code ?? 1));
  });
}
