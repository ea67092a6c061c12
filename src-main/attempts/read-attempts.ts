import { fromJsonText } from '../json-numbers.js';
import { sayIssue } from '../schema-issue.js';
import { attemptLineSchema, type AttemptLine } from '../vocabulary/attempt.js';
import { unreadableLine, wholeLines } from './attempt-files.js';

export { attemptsOf } from './attempt-files.js';

/** An event of a log, with the byte after its line. */
export type ReadLine = AttemptLine & { readonly end: number };

/**
 * The events of an attempt from byte `offset` on, and where to go on reading.
 * @param offset 0, or one that an earlier call gave
 * @throws UserError `attempt-unreadable` for a whole line that is not an event
 */
export function readAttempt(
  runFolder: string,
  attempt: number,
  offset: number,
): { readonly lines: readonly ReadLine[]; readonly offset: number } {
  const lines = wholeLines(runFolder, attempt, offset).map((line) => {
    const parsed = parseLine(line.text);
    if ('problem' in parsed) throw unreadableLine(runFolder, attempt, line, parsed.problem);
    return { ...parsed.value, end: line.end };
  });
  return { lines, offset: lines.at(-1)?.end ?? offset };
}

function parseLine(text: string): { readonly value: AttemptLine } | { readonly problem: string } {
  let json: unknown;
  try {
    json = fromJsonText(text);
  } catch {
    return { problem: 'it is not JSON' };
  }
  const { success, data, error } = attemptLineSchema.safeParse(json);
  return success ? { value: data } : { problem: sayIssue(error.issues[0]!) };
}
