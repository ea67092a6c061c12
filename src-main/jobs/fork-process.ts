import { fork } from 'node:child_process';
import { constants } from 'node:os';
import { LAST_OUTPUT, WORKER_FILE, workerEnvironment } from './worker-program.js';
import type { Launch } from './worker-process.js';

/**
 * Starts the worker program in processes that Node forks: what Electron's utility processes are, for the command line. They are out
 * of reach of a Ctrl-C in the terminal, which their host answers; they end with it.
 */
export const launchFork: Launch = (name, onMessage, onGone) => forkOf(WORKER_FILE)(name, onMessage, onGone);

/** @param file the compiled worker program  @param started hears the number of each process */
export const forkOf =
  (file: string, started: (pid: number) => void = () => undefined): Launch =>
  (_name, onMessage, onGone) => {
    const child = fork(file, [], {
      detached: true,
      env: workerEnvironment(process.env),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    if (child.pid !== undefined) started(child.pid);
    let lastOutput = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (lastOutput = (lastOutput + text).slice(-LAST_OUTPUT)));
    }
    child.on('message', (message) => onMessage(message));
    let gone = false;
    const end = (code: number): void => {
      if (gone) return;
      gone = true;
      onGone({ code, reason: null, lastOutput });
    };
    child.once('close', (code, signal) => end(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    const spawned = new Promise<number>((resolve) => child.once('spawn', () => resolve(child.pid ?? 0)));
    child.once('error', (error) => {
      lastOutput += `\n${error.message}`;
      if (child.pid === undefined) end(1);
    });
    return {
      spawned,
      // A message to a process that has just died goes nowhere; without the callback Node throws EPIPE.
      post: (message) => {
        if (child.connected) child.send(message, () => undefined);
      },
      kill: () => void child.kill('SIGKILL'),
    };
  };
