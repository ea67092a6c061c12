import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src-main/errors.js';
import { explain, explained, isCorruption, isFullDisk } from '../../../src-main/history/errors.js';

const sqliteError = (code: string): Error => Object.assign(new Error(`said by SQLite: ${code}`), { code });

const FILE = '/home/medforge.db';
const ANOTHER_FOLDER = 'or choose another folder with --home.';
const EXPECTED: readonly (readonly [code: string, kind: string, message: string])[] = [
  [
    'SQLITE_BUSY',
    'history-busy',
    `Another MedForge process has been writing to ${FILE} for more than 5 s: wait for it or close it, then try again.`,
  ],
  [
    'SQLITE_BUSY_SNAPSHOT',
    'history-busy',
    `Another MedForge process has been writing to ${FILE} for more than 5 s: wait for it or close it, then try again.`,
  ],
  ['SQLITE_LOCKED', 'history-locked', `A table of ${FILE} is locked by another operation: try again.`],
  [
    'SQLITE_PROTOCOL',
    'history-protocol',
    `Locking ${FILE} does not work: the folder seems to be on a network or synchronised drive; move it to a local one.`,
  ],
  [
    'SQLITE_FULL',
    'history-full',
    `The disk that holds ${FILE} is full. The last change was not saved; nothing else was lost. Free some space, then continue.`,
  ],
  [
    'SQLITE_IOERR_SHMSIZE',
    'history-full',
    `The disk that holds ${FILE} is full. The last change was not saved; nothing else was lost. Free some space, then continue.`,
  ],
  [
    'SQLITE_CORRUPT_INDEX',
    'history-corrupt',
    `${FILE} is damaged: close MedForge and start it again; it keeps the damaged file and restores the newest backup.`,
  ],
  [
    'SQLITE_NOTADB',
    'history-not-a-database',
    `${FILE} is not a database: close MedForge and start it again; it keeps that file and restores the newest backup.`,
  ],
  [
    'SQLITE_CANTOPEN_ISDIR',
    'history-cannot-open',
    `${FILE} cannot be opened: check that it is a file and that you may read and write it and its folder.`,
  ],
  [
    'SQLITE_READONLY_DBMOVED',
    'history-read-only',
    `${FILE} is read-only: make it and its folder writable, ${ANOTHER_FOLDER}`,
  ],
  [
    'SQLITE_PERM',
    'history-permission',
    `You do not have permission to write to ${FILE}: change its permissions, ${ANOTHER_FOLDER}`,
  ],
  [
    'SQLITE_AUTH',
    'history-permission',
    `You do not have permission to write to ${FILE}: change its permissions, ${ANOTHER_FOLDER}`,
  ],
  [
    'SQLITE_IOERR_FSYNC',
    'history-io-error',
    `The disk that holds ${FILE} reports errors: check the disk, then start MedForge again.`,
  ],
  [
    'SQLITE_NOMEM',
    'history-no-memory',
    `There is not enough memory to read ${FILE}: close other programs, then try again.`,
  ],
  ['SQLITE_TOOBIG', 'history-too-big', `A value is too large to be stored in ${FILE}: shorten the text and try again.`],
  [
    'SQLITE_NOLFS',
    'history-file-size',
    `The file system of ${FILE} cannot hold a file that large: move the folder to another disk.`,
  ],
];

describe('each code of SQLite has its own word and message', () => {
  test.each(EXPECTED)('%s', (code, kind, message) => {
    const error = sqliteError(code);
    const explanation = explain(error, FILE);
    expect(explanation).toBeInstanceOf(UserError);
    expect(explanation).toMatchObject({ kind, message, cause: error });
  });

  test.each([
    'SQLITE_CONSTRAINT_FOREIGNKEY',
    'SQLITE_ERROR',
    'SQLITE_MISUSE',
    'SQLITE_RANGE',
    'SQLITE_MISMATCH',
    'ENOENT',
  ])('%s is a fault of the program and stays what it is', (code) => {
    const error = sqliteError(code);
    expect(explain(error, FILE)).toBe(error);
  });
});

test.each(['ENOSPC', 'EDQUOT'])('%s of the file system is a full disk too, explained or not', (code) => {
  const error = Object.assign(new Error(code), { code });
  const explanation = explain(error, FILE);
  expect(explanation).toMatchObject({
    kind: 'disk-full',
    message: 'The disk that holds /home is full: free some space, then try again.',
    cause: error,
  });
  const full = [error, explanation, sqliteError('SQLITE_FULL'), explain(sqliteError('SQLITE_IOERR_SHMSIZE'), FILE)];
  expect(full.map(isFullDisk)).toEqual([true, true, true, true]);
  const other = [sqliteError('SQLITE_IOERR_READ'), new UserError('run-busy', 'Run 1 is running.'), new Error('full')];
  expect(other.map(isFullDisk)).toEqual([false, false, false]);
});

test('only two codes say that the file is damaged', () => {
  const damaged = EXPECTED.filter(([code]) => isCorruption(sqliteError(code))).map(([code]) => code);
  expect(damaged).toEqual(['SQLITE_CORRUPT_INDEX', 'SQLITE_NOTADB']);
});

test('every function of an object is explained, promises too', async () => {
  const methods = explained(
    {
      value: 7,
      fine: (a: number, b: number) => a + b,
      throws: () => {
        throw sqliteError('SQLITE_FULL');
      },
      rejects: () => Promise.reject(sqliteError('SQLITE_NOTADB')),
    },
    FILE,
  );
  expect([methods.value, methods.fine(1, 2)]).toEqual([7, 3]);
  expect(() => methods.throws()).toThrow(UserError);
  await expect(methods.rejects()).rejects.toMatchObject({ kind: 'history-not-a-database' });
});
