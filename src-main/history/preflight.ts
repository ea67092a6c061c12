import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { fileErrorCode, whyNotWritten } from '../file-errors.js';

const FREE_SPACE = 'free some space';
/** What a command can do, beside that. */
const DELETION = ": 'medforge runs delete RUN' works on a full disk";

const REASONS: { readonly [code: string]: readonly [kind: string, cure: string] } = {
  EACCES: ['home-unwritable', 'change its permissions'],
  EPERM: ['home-unwritable', 'change its permissions'],
  EROFS: ['home-read-only', 'make the disk writable'],
  ENOTDIR: ['home-not-a-folder', 'correct the path'],
  EEXIST: ['home-not-a-folder', 'correct the path'],
  ENAMETOOLONG: ['home-name-too-long', 'shorten it'],
  ENOSPC: ['disk-full', FREE_SPACE],
  EDQUOT: ['disk-full', FREE_SPACE],
  ENOENT: ['home-missing', 'correct the path'],
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
    const code = fileErrorCode(error) ?? '';
    const [kind, cure] = REASONS[code] ?? ['home-unwritable', 'check the disk'];
    const wrong = code === 'ENOENT' ? 'it cannot be created' : whyNotWritten(code);
    const text = (folder: string): string => `The data folder ${home} cannot be used: ${wrong}. ${folder}, or ${cure}`;
    const deletion = kind === 'disk-full' ? DELETION : '';
    throw new UserError(kind, `${text('Choose another folder with --home or MEDFORGE_HOME')}${deletion}.`, {
      cause: error,
      inWindow: `${text('Set the variable MEDFORGE_HOME to another folder')}.`,
    });
  }
}
