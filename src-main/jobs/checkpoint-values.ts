import type { z } from 'zod';
import type { Json } from '../compute/snapshot.js';
import { UserError } from '../errors.js';
import { sayIssue } from '../schema-issue.js';

/**
 * What a job kept in the values of its checkpoint.
 * @param file names the checkpoint in the error  @throws UserError `checkpoint-unreadable`
 */
export function checkpointValues<T>(schema: z.ZodType<T>, values: { readonly [key: string]: Json }, file: string): T {
  const { success, data, error } = schema.safeParse(values);
  if (success) return data;
  throw new UserError(
    'checkpoint-unreadable',
    `${file} does not contain what this version of MedForge needs to continue (${sayIssue(error.issues[0]!)}): resume the run with ` +
      'the version that wrote it, or start a new one.',
  );
}
