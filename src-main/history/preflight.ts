import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';

const REASONS: { readonly [code: string]: readonly [kind: string, wrong: string, cure: string] } = {
  EACCES: ['home-unwritable', 'you may not write there', 'give yourself the right'],
  EPERM: ['home-unwritable', 'you may not write there', 'give yourself the right'],
  EROFS: ['home-read-only', 'its disk is read-only', 'make the disk writable'],
  ENOTDIR: ['home-not-a-folder', 'a part of the path is a file', 'correct the path'],
  EEXIST: ['home-not-a-folder', 'there is a file of that name', 'correct the path'],
  ENAMETOOLONG: ['home-name-too-long', 'the path is too long', 'shorten it'],
  ENOSPC: ['disk-full', 'its disk is full', 'free some space'],
  EDQUOT: ['disk-full', 'your quota of its disk is used up', 'free some space'],
  ENOENT: ['home-missing', 'it cannot be made', 'correct the path'],
};

/**
 * Makes the data folder when it is missing and proves that files can be written in it, before anything is computed.
 * @throws UserError `home-…`, `disk-full`, naming the folder and the way out
 */
export function prepareHome(home: string): void {
  const probe = join(home, `.probe-${process.pid}`);
  try {
    mkdirSync(home, { recursive: true });
    const descriptor = openSync(probe, 'w');
    try {
      writeSync(descriptor, 'MedForge');
    } finally {
      closeSync(descriptor);
      rmSync(probe, { force: true });
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const [kind, wrong, cure] = REASONS[code] ?? ['home-unwritable', `writing fails (${code})`, 'check the disk'];
    throw new UserError(
      kind,
      `The data folder ${home} cannot be used: ${wrong}. Choose another folder with --home or MEDFORGE_HOME, or ${cure}.`,
      { cause: error },
    );
  }
}
