import type { z } from 'zod';
import { UserError } from '../errors.js';

/** What was chosen, when it is within the limits. @throws UserError `kind`, with the first thing that is not */
export function checkedSettings<T>(schema: z.ZodType<T>, chosen: NoInfer<T>, kind: string): T {
  const { success, data, error } = schema.safeParse(chosen);
  if (success) return data;
  throw new UserError(kind, error.issues[0]!.message);
}
