import { closeSync, fstatSync, openSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { fileErrorCode } from '../file-errors.js';
import { ATTEMPTS_FOLDER } from '../run-folder.js';

const NAME = /^([1-9]\d{0,8})\.jsonl$/;
const NEWLINE = 10;

/** A line of the log of an attempt, whole, not yet parsed. */
export interface WholeLine {
  readonly text: string;
  /** Byte after the line: where reading goes on when it has been dealt with. */
  readonly end: number;
}

/** `<run folder>/attempts/<attempt>.jsonl` */
export function attemptFile(runFolder: string, attempt: number): string {
  return join(runFolder, ATTEMPTS_FOLDER, `${attempt}.jsonl`);
}

/** Numbers of the attempts of a run, ascending; none where the run has no log. */
export function attemptsOf(runFolder: string): number[] {
  try {
    return readdirSync(join(runFolder, ATTEMPTS_FOLDER))
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/**
 * The whole lines of a log from byte `offset` on. What follows the last end of a line was being written when the process was
 * killed, or is being written now: it is not read.
 */
export function wholeLines(runFolder: string, attempt: number, offset: number): WholeLine[] {
  const bytes = bytesFrom(attemptFile(runFolder, attempt), offset);
  const lines: WholeLine[] = [];
  let from = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
    lines.push({ text: bytes.toString('utf8', from, end), end: offset + end + 1 });
    from = end + 1;
  }
  return lines;
}

/** @param line one of {@link wholeLines} that is not an event @param problem in words */
export function unreadableLine(runFolder: string, attempt: number, line: WholeLine, problem: string): UserError {
  const file = attemptFile(runFolder, attempt);
  const before = bytesFrom(file, 0).subarray(0, line.end);
  const number = before.reduce((lines, byte) => lines + Number(byte === NEWLINE), 0);
  return new UserError(
    'attempt-unreadable',
    `${file}, line ${number} is not an event of the run (${problem}): put back a copy of the file, ` +
      'or delete the line, which loses what it says.',
  );
}

/** @param code of the file system's error */
export function unreadableFile(runFolder: string, code: string): UserError {
  return new UserError(
    'attempt-unreadable',
    `${join(runFolder, ATTEMPTS_FOLDER)} cannot be read (${code}): check the permissions of its files and the disk.`,
  );
}

function bytesFrom(file: string, offset: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - offset));
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, offset + length);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
