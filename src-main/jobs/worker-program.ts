import { fileURLToPath } from 'node:url';

/** The worker program, wherever its process comes from. */
export const WORKER_FILE = fileURLToPath(new URL('./worker.js', import.meta.url));

/** What could make another program of our worker. */
const REFUSED_VARIABLES = /^(NODE_|ELECTRON_|LD_PRELOAD$|LD_LIBRARY_PATH$|DYLD_)/;

/** The environment of a worker process, without what changes how Node or the loader behave. */
export function workerEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !REFUSED_VARIABLES.test(entry[0]),
    ),
  );
}

/** Characters of what a worker process wrote last that are kept. */
export const LAST_OUTPUT = 4000;
