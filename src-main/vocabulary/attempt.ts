import { z } from 'zod';
import { jobEventSchema } from './events.js';
import { measured, positive } from './numbers.js';

/** One line of the log of an attempt: an event of the run, and when the process that computes it said so. */
export const attemptLineSchema = z
  .object({
    /** From 1, without a gap. */
    sequence: positive,
    /** Time of day, ISO 8601. */
    at: z.string(),
    /** Since the start of the attempt, by a monotonic clock. */
    seconds: measured,
    event: jobEventSchema,
  })
  .readonly();
export type AttemptLine = z.infer<typeof attemptLineSchema>;
