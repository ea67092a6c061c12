import { app, utilityProcess } from 'electron';
import type { ToWorker } from './worker-messages.js';
import { LAST_OUTPUT, WORKER_FILE, workerEnvironment } from './worker-program.js';

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number;
  /** Electron's word for it (`crashed`, `killed`, `oom`, …), when it gave one. */
  readonly reason: string | null;
  /** The last lines that it wrote to stderr. */
  readonly lastOutput: string;
}

/** A worker process as its host sees it. */
export interface WorkerProcess {
  /** Settles with the process number once it is there; never when it could not be started. */
  readonly spawned: Promise<number>;
  /** @param ports handed over with it; only a utility process takes any */
  post(message: ToWorker, ports?: readonly Electron.MessagePortMain[]): void;
  kill(): void;
}

/** Starts the worker program in a process of its own. `gone` is called once, after the last message. */
export type Launch = (
  name: string,
  onMessage: (message: unknown) => void,
  onGone: (end: ProcessEnd) => void,
) => WorkerProcess;

/** Electron may report the reason a moment after the exit. */
const REASON_MILLISECONDS = 250;

let started = 0;

/** In Electron: a utility process. */
export const launchUtility: Launch = (name, onMessage, onGone) => {
  const serviceName = `medforge-${name}-${++started}`;
  const child = utilityProcess.fork(WORKER_FILE, [], {
    serviceName,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: workerEnvironment(process.env),
  });
  let lastOutput = '';
  let reason: string | null = null;
  let gone = false;
  const keep = (chunk: Buffer): void => {
    lastOutput = (lastOutput + chunk.toString('utf8')).slice(-LAST_OUTPUT);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const onChildGone = (_event: unknown, details: Electron.Details): void => {
    if (details.name === serviceName) reason = details.reason;
  };
  app.on('child-process-gone', onChildGone);
  child.on('message', (message: unknown) => {
    if (!gone) onMessage(message);
  });
  // Electron has been seen to say `exit` twice.
  child.once('exit', (code) => {
    setTimeout(() => {
      gone = true;
      app.off('child-process-gone', onChildGone);
      onGone({ code, reason, lastOutput });
    }, REASON_MILLISECONDS);
  });
  // What Electron says before a fatal error of the engine; the exit that follows is dealt with, and no listener would be a fault.
  child.on('error', (type, location) => keep(Buffer.from(`\n${type} at ${location}\n`)));
  const kill = (): void => {
    const pid = child.pid;
    if (gone) return;
    if (pid === undefined) child.once('spawn', kill);
    // `kill()` asks; a process that hangs in a computation does not hear it.
    else if (process.platform === 'win32') child.kill();
    else endAtOnce(pid);
  };
  const spawned = new Promise<number>((resolve) => child.once('spawn', () => resolve(child.pid ?? 0)));
  return {
    spawned,
    post: (message, ports = []) => {
      if (!gone && child.pid !== undefined) child.postMessage(message, [...ports]);
      else if (!gone) child.once('spawn', () => child.postMessage(message, [...ports]));
    },
    kill,
  };
};

function endAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
