import { readFileSync } from 'node:fs';
import type { ProgramLog } from './log.js';

/** What Linux counts the start of a process in, on every processor that Electron runs on. */
const TICKS_PER_SECOND = 100;

/**
 * Notes in the program's log how long it took from the start of the process until the window answered
 * (`forge-scripts/bench-start.mjs` waits for that line).
 * @returns what is to be called when the window answers; the page may say so again after a reload, which is no start
 */
export function startTime(log: Pick<ProgramLog, 'note'>, age: () => number | null = processAge): () => void {
  let logged = false;
  return () => {
    if (logged) return;
    logged = true;
    const seconds = age();
    if (seconds !== null) log.note(`the window answered ${seconds.toFixed(2)} s after the start`);
  };
}

/** Seconds since this process was made, or null where that cannot be known. */
export function processAge(): number | null {
  if (process.platform !== 'linux') {
    const created = process.getCreationTime();
    return created === null ? null : (Date.now() - created) / 1000;
  }
  // Chromium adds the start to the time of the boot, which Linux tells in whole seconds: up to one second too early.
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const started = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) / TICKS_PER_SECOND;
    const now = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    return Number.isFinite(now - started) ? now - started : null;
  } catch {
    return null;
  }
}
