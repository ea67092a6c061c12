import { z } from 'zod';

/** What is asked of an image, in the words of MedMNIST. */
export const taskSchema = z.enum(['binary-class', 'multi-class', 'ordinal-regression', 'multi-label, binary-class']);
export type Task = z.infer<typeof taskSchema>;
