import { first, write } from '../database.js';
import type { ReadableDatabase, WritableDatabase } from '../database.js';
import { count, toNumberAlways } from '../values.js';

/** How far the logs of a run are in the history. */
export interface Reached {
  /** The newest attempt of which something is; 0 for none. */
  readonly attempt: number;
  /** Byte of its log at which the next line starts. */
  readonly offset: number;
  /** Whether it has come to computing. */
  readonly started: boolean;
}

export function selectReached(database: ReadableDatabase, run: number): Reached {
  const row = first(
    database,
    'SELECT attempt, offset, started FROM attempts WHERE run = @run ORDER BY attempt DESC LIMIT 1',
    { run },
  );
  if (!row) return { attempt: 0, offset: 0, started: false };
  return { attempt: count(row, 'attempt'), offset: count(row, 'offset'), started: count(row, 'started') === 1 };
}

/** @param seconds of the attempt so far */
export function replaceReached(
  database: WritableDatabase,
  run: number,
  { attempt, offset, started }: Reached,
  seconds: number,
): void {
  write(database, 'INSERT OR REPLACE INTO attempts VALUES (@run, @attempt, @offset, @seconds, @started)', {
    ...{ run, attempt, offset, seconds },
    started: Number(started),
  });
}

/** Running time of all attempts, by what their logs say; null without any. */
export function selectSeconds(database: ReadableDatabase, run: number): number | null {
  const row = first(database, 'SELECT sum(seconds) AS seconds FROM attempts WHERE run = @run', { run });
  return row?.['seconds'] === null || row === undefined ? null : toNumberAlways(row['seconds']);
}
