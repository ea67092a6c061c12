import { z } from 'zod';
import { wholeNumber } from './numbers.js';

/** The dataset file of a run, with what proves that it is still the same file. */
export const datasetReferenceSchema = z
  .object({ name: z.string(), path: z.string(), sha256: z.string(), bytes: wholeNumber })
  .readonly();
export type DatasetReference = z.infer<typeof datasetReferenceSchema>;
