import { statSync } from 'node:fs';
import { attemptFile, attemptsOf, unreadableFile, unreadableLine, wholeLines } from '../attempts/attempt-files.js';
import { UserError } from '../errors.js';
import { fileErrorCode } from '../file-errors.js';
import type { WritableDatabase } from './database.js';
import type { TakenEvent } from './interface.js';
import { isOver, recordEvent } from './record-event.js';
import { parseStored } from './stored-json.js';
import { type Reached, replaceReached, selectReached, selectSeconds } from './tables/attempts.js';

export interface Taken {
  /** What was news, in order. */
  readonly taken: TakenEvent[];
  /** What keeps the rest from being taken, null when there is no more. */
  readonly problem: UserError | null;
}

/**
 * Takes what the logs of a run say beyond what the history has. A log is over when a later one has begun to be taken: what a
 * replaced process still writes is not the run's.
 * @param folder of the run
 */
export function takeEvents(
  database: WritableDatabase,
  folder: string,
  run: number,
  secondsLeft: number | null = null,
): Taken {
  const taken: TakenEvent[] = [];
  if (isOver(database, run)) return { taken, problem: null };
  const from = selectReached(database, run);
  try {
    for (const attempt of attemptsOf(folder)) {
      if (attempt < from.attempt) continue;
      let started = attempt === from.attempt && from.started;
      for (const line of wholeLines(folder, attempt, attempt === from.attempt ? from.offset : 0)) {
        const parsed = parseStored('attemptLine', line.text);
        if ('problem' in parsed) throw unreadableLine(folder, attempt, line, parsed.problem);
        const { event, at, seconds } = parsed.value;
        started ||= event.type === 'started';
        replaceReached(database, run, { attempt, offset: line.end, started }, seconds);
        const context = { started, seconds: selectSeconds(database, run) ?? 0, secondsLeft, now: at };
        if (recordEvent(database, run, event, context)) taken.push({ event, at });
        if (isOver(database, run)) return { taken, problem: null };
      }
    }
  } catch (error) {
    if (error instanceof UserError) return { taken, problem: error };
    const code = fileErrorCode(error);
    if (code === undefined || code.startsWith('SQLITE')) throw error;
    return { taken, problem: unreadableFile(folder, code) };
  }
  return { taken, problem: null };
}

/** Whether a log of the run is longer than what the history has of it. @param folder of the run */
export function saysMore(folder: string, reached: Reached): boolean {
  const newest = attemptsOf(folder).at(-1) ?? 0;
  if (newest !== reached.attempt) return newest > reached.attempt;
  return newest > 0 && statSync(attemptFile(folder, newest)).size > reached.offset;
}
