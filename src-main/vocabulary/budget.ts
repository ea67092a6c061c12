import { z } from 'zod';
import { wholeNumber } from './numbers.js';

/** Parameters that the final network may have: lower ≤ parameters ≤ upper. */
export const budgetSchema = z.object({ lower: wholeNumber, upper: wholeNumber }).readonly();
export type Budget = z.infer<typeof budgetSchema>;
