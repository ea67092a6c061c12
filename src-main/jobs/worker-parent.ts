import { Worker, isMainThread, workerData } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { isAlive, isProcessIdentity, type ProcessIdentity } from '../process-identity.js';

const POLL_MILLISECONDS = 1000;

/**
 * Ends this process soon after `parent` is gone. A thread of its own looks, so that a long training step cannot delay it:
 * no worker outlives the program.
 */
export function exitWithParent(parent: ProcessIdentity): void {
  new Worker(fileURLToPath(import.meta.url), { workerData: parent }).unref();
}

if (!isMainThread && isProcessIdentity(workerData)) {
  const parent = workerData;
  let polls = 0;
  setInterval(() => {
    polls += 1;
    // Whether the number was given to another process is cheap to read on Linux only.
    const thorough = process.platform === 'linux' || polls % 30 === 0;
    if (!answers(parent.pid) || (thorough && !isAlive(parent))) process.kill(process.pid, 'SIGKILL');
  }, POLL_MILLISECONDS);
}

function answers(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
