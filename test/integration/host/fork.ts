import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { forkOf } from '../../../src-main/jobs/fork-process.js';
import type { Launch } from '../../../src-main/jobs/worker-process.js';

/** The compiled worker, as the window starts it. */
export const WORKER = fileURLToPath(new URL('../../../dist/main/jobs/worker.js', import.meta.url));

export interface Forks {
  readonly launch: Launch;
  /** Process numbers of all workers that were ever started, in assignment. */
  readonly pids: number[];
}

/** Starts the real worker in processes that Node forks: what Electron's utility processes are, without a window. */
export function forks(file = WORKER): Forks {
  if (file === WORKER && !existsSync(file)) throw new Error(`${file} is not built: npm run build`);
  const pids: number[] = [];
  return { launch: forkOf(file, (pid) => pids.push(pid)), pids };
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
