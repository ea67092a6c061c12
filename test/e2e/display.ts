import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A laptop's. */
const SCREEN = '1600x1000x24';

/** A virtual display with nothing else on it. */
export interface Display {
  /** As the variable DISPLAY names it. */
  readonly name: string;
  close(): Promise<void>;
}

/**
 * Starts Xvfb on a number that nobody else has, so that focus and clipboard belong to one window.
 * @throws Error when Xvfb is not installed, or ends before it has a number
 */
export async function openDisplay(): Promise<Display> {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const name = `:${await numberOf(server)}`;
  return {
    name,
    async close() {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const gone = once(server, 'exit');
      server.kill();
      await gone;
    },
  };
}

async function numberOf(server: ChildProcess): Promise<number> {
  let complaint = '';
  server.stderr!.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  return new Promise((found, failed) => {
    server.once('error', (error) => failed(new Error(`Xvfb cannot be started: ${error.message}`)));
    server.once('exit', () => failed(new Error(`Xvfb ended at once: ${complaint.trim()}`)));
    let said = '';
    server.stdio[3]!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.endsWith('\n')) found(Number(said));
    });
  });
}
