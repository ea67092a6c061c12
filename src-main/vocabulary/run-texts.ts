import { z } from 'zod';
import { LIMITS } from './limits.js';

/* What a person may write about a run, through whichever door. */

function line(what: string, { lowest, highest }: { readonly lowest: number; readonly highest: number }) {
  const rule = `${what} must be one line of ${lowest} to ${highest} characters, without control characters`;
  return z
    .string(rule)
    .trim()
    .min(lowest, rule)
    .max(highest, rule)
    .regex(/^\P{Cc}*$/u, rule);
}

export const runNameSchema = line('the name of a run', LIMITS.nameLength);
export const tagsSchema = z
  .array(line('a tag', LIMITS.tagLength))
  .max(LIMITS.tags.highest, `a run can have at most ${LIMITS.tags.highest} tags`);
export const noteSchema = z
  .string()
  .max(LIMITS.noteLength.highest, `a note can have at most ${LIMITS.noteLength.highest} characters`);
