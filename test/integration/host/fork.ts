import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
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
  const launch: Launch = (_name, onMessage, onGone) => {
    const child = fork(file, [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [], serialization: 'advanced' });
    let lastOutput = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data: Buffer) => (lastOutput += data.toString()));
    child.on('message', (message) => onMessage(message));
    child.once('close', (code, signal) => {
      onGone({ code: code ?? (signal === 'SIGKILL' ? 137 : 139), reason: null, lastOutput });
    });
    pids.push(child.pid ?? 0);
    return {
      spawned: Promise.resolve(child.pid ?? 0),
      // A message to a process that has just died goes nowhere, as in Electron; without the callback Node throws EPIPE.
      post: (message) => {
        if (child.connected) child.send(message, () => undefined);
      },
      kill: () => void child.kill('SIGKILL'),
    };
  };
  return { launch, pids };
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
