import { dirname, join } from 'node:path';
import { UserError } from '../errors.js';
import { isOutOfSpace } from '../file-errors.js';
import { OTHER_FOLDER, OTHER_FOLDER_IN_WINDOW } from './other-folder.js';
import { BUSY_TIMEOUT_MS } from './database.js';
import { UnreadableRow } from './values.js';

interface Explanation {
  readonly kind: string;
  /** @param folder how another data folder is chosen */
  readonly message: (file: string, folder: string) => string;
}

/** What each of SQLite's primary result codes means for the user. Codes that are missing are faults of the program. */
const EXPLANATIONS: { readonly [code: string]: Explanation } = {
  SQLITE_BUSY: {
    kind: 'history-busy',
    message: (file) =>
      `Another MedForge process has been writing to ${file} for more than ${BUSY_TIMEOUT_MS / 1000} s: wait for it or close it, then try again.`,
  },
  SQLITE_LOCKED: {
    kind: 'history-locked',
    message: (file) => `A table of ${file} is locked by another operation: try again.`,
  },
  SQLITE_PROTOCOL: {
    kind: 'history-protocol',
    message: (file) =>
      `Locking ${file} does not work: the folder seems to be on a network or synchronised drive; move it to a local one.`,
  },
  SQLITE_FULL: {
    kind: 'history-full',
    message: (file) =>
      `The disk that holds ${file} is full. The last change was not saved; nothing else was lost. Free some space, then continue.`,
  },
  SQLITE_CORRUPT: {
    kind: 'history-corrupt',
    message: (file) =>
      `${file} is damaged: close MedForge and start it again; it keeps the damaged file and restores the newest backup.`,
  },
  SQLITE_NOTADB: {
    kind: 'history-not-a-database',
    message: (file) =>
      `${file} is not a database: close MedForge and start it again; it keeps that file and restores the newest backup.`,
  },
  SQLITE_CANTOPEN: {
    kind: 'history-cannot-open',
    message: (file) =>
      `${file} cannot be opened: check that it is a file and that you may read and write it and its folder.`,
  },
  SQLITE_READONLY: {
    kind: 'history-read-only',
    message: (file, folder) => `${file} is read-only: make it and its folder writable, or ${folder}.`,
  },
  SQLITE_PERM: {
    kind: 'history-permission',
    message: (file, folder) => `You do not have permission to write to ${file}: change its permissions, or ${folder}.`,
  },
  SQLITE_AUTH: {
    kind: 'history-permission',
    message: (file, folder) => `You do not have permission to write to ${file}: change its permissions, or ${folder}.`,
  },
  SQLITE_IOERR: {
    kind: 'history-io-error',
    message: (file) => `The disk that holds ${file} reports errors: check the disk, then start MedForge again.`,
  },
  SQLITE_NOMEM: {
    kind: 'history-no-memory',
    message: (file) => `There is not enough memory to read ${file}: close other programs, then try again.`,
  },
  SQLITE_TOOBIG: {
    kind: 'history-too-big',
    message: (file) => `A value is too large to be stored in ${file}: shorten the text and try again.`,
  },
  SQLITE_NOLFS: {
    kind: 'history-file-size',
    message: (file) => `The file system of ${file} cannot hold a file that large: move the folder to another disk.`,
  },
};

/** SQLite's word for what went wrong, e.g. `SQLITE_IOERR_WRITE`; '' for errors that are not SQLite's. */
export function sqliteCode(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return '';
  return error.code.startsWith('SQLITE_') ? error.code : '';
}

/** True when what failed was refused for want of space: by SQLite or the file system, in their words or explained. */
export function isFullDisk(error: unknown): boolean {
  if (error instanceof UserError) return error.kind === 'history-full' || error.kind === 'disk-full';
  return isOutOfSpace(error) || primaryCode(error) === 'SQLITE_FULL';
}

/** True for the codes that say that the file itself is damaged. */
export function isCorruption(error: unknown): boolean {
  const code = sqliteCode(error);
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

/** The error to throw instead: one that the user can act on, or the same one when it is a fault of the program. */
export function explain(error: unknown, file: string): unknown {
  if (error instanceof UnreadableRow) return unreadable(error, file);
  if (isOutOfSpace(error)) return fullDisk(dirname(file), error);
  if (sqliteCode(error) === '') {
    if (error instanceof TypeError && error.message.includes('directory does not exist')) {
      return new UserError('history-folder-missing', `The folder of ${file} does not exist: create it.`, {
        cause: error,
      });
    }
    return error;
  }
  const explanation = EXPLANATIONS[primaryCode(error)];
  if (!explanation) return error;
  const { kind, message } = explanation;
  return new UserError(kind, message(file, OTHER_FOLDER), {
    cause: error,
    inWindow: message(file, OTHER_FOLDER_IN_WINDOW),
  });
}

function primaryCode(error: unknown): string {
  const code = sqliteCode(error);
  // A full disk shows first where SQLite extends its shared-memory file.
  return code === 'SQLITE_IOERR_SHMSIZE' ? 'SQLITE_FULL' : code.split('_').slice(0, 2).join('_');
}

/** A file in the data folder could not be written for want of space. */
export function fullDisk(home: string, cause: unknown): UserError {
  return new UserError('disk-full', `The disk that holds ${home} is full: free some space, then try again.`, { cause });
}

function unreadable(error: UnreadableRow, file: string): UserError {
  const { run, message } = error;
  const what = run === null ? `A row of ${file}` : `Run ${run} in ${file}`;
  const text = (deletion: string): string =>
    `${what} cannot be read (${message}): ${run === null ? '' : `${deletion}, or `}put back a backup from ${join(dirname(file), 'backups')}.`;
  return new UserError('history-unreadable', text(`delete it with "medforge runs delete ${run}"`), {
    cause: error,
    inWindow: text('delete it in History'),
  });
}

/** The same functions, with SQLite's errors explained. */
export function explained<T extends object>(methods: T, file: string): T {
  const wrap =
    (method: (...args: unknown[]) => unknown) =>
    (...args: unknown[]): unknown => {
      try {
        const answer = method(...args);
        if (!(answer instanceof Promise)) return answer;
        return answer.catch((error: unknown) => {
          throw explain(error, file);
        });
      } catch (error) {
        throw explain(error, file);
      }
    };
  const entries = Object.entries(methods).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'function' ? wrap(value as (...args: unknown[]) => unknown) : value,
  ]);
  return Object.fromEntries(entries) as T;
}
