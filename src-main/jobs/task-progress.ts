import { z } from 'zod';
import { measured } from '../vocabulary/numbers.js';

/** How far a task is: what it does now, and how much of it is done. */
export const taskProgressSchema = z.object({ step: z.string(), done: measured, total: measured }).readonly();
export type TaskProgress = z.infer<typeof taskProgressSchema>;
