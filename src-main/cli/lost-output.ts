import { fileErrorCode, whyNotWritten } from '../file-errors.js';

/**
 * Keeps output that cannot be written from ending the program: what computes goes on. Who reads no further, `head` for
 * example, is no fault; anything else is said once, on stderr.
 * @returns whether a part of stdout was lost, by anything but a reader that left
 */
export function surviveLostOutput(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): () => boolean {
  let lost = false;
  stdout.on('error', (error) => {
    const code = fileErrorCode(error) ?? String(error);
    if (code === 'EPIPE' || lost) return;
    lost = true;
    stderr.write(`medforge: the output cannot be written: ${whyNotWritten(code)}. The command continues without it.\n`);
  });
  // There is nowhere left to say it.
  stderr.on('error', () => undefined);
  return () => lost;
}
