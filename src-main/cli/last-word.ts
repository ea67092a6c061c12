import { spawn } from 'node:child_process';

/** Listens until its input ends, and says the last line that it was told unless the very last was `done`. */
const LISTENER = `
let heard = '';
process.stdin.setEncoding('utf8').on('data', (text) => (heard += text));
process.stdin.on('end', () => {
  if (!heard.endsWith('done\\n')) process.stderr.write(heard);
});
`;

/**
 * Makes a small process that says `text` on stderr if this one is ended before it could: by the system when memory runs
 * short, by an abort of JavaScript's or the addon's, or from outside. No exception tells of such an end.
 * @returns what is called when this process can speak for itself again
 */
export function lastWord(text: string): () => void {
  const listener = spawn(process.execPath, ['-e', LISTENER], {
    // a session of its own, so that Ctrl-C does not reach it
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
  });
  // without a listener the run goes on all the same
  listener.on('error', () => undefined);
  listener.stdin.on('error', () => undefined);
  listener.stdin.write(`${text}\n`);
  listener.unref();
  const done = (): void => {
    process.off('exit', done);
    listener.stdin.end('done\n');
  };
  process.once('exit', done);
  return done;
}
