import { z } from 'zod';
import { wholeNumber } from './numbers.js';

/** What a run takes a dataset file for, beside its pixels: as it says itself, or as the user said. */
export const datasetReadingSchema = z
  .object({
    /** In class order. */
    labels: z.array(z.string()).readonly(),
    /** Whether training mirrors images. */
    horizontalFlip: z.boolean(),
  })
  .readonly();
export type DatasetReading = z.infer<typeof datasetReadingSchema>;

/** The dataset file of a run, with what proves that it is still the same file. */
export const datasetReferenceSchema = z
  .object({
    name: z.string(),
    path: z.string(),
    sha256: z.string(),
    bytes: wholeNumber,
    /** Absent in runs of earlier versions, which mirrored the images of every file but the organ sets. */
    reading: datasetReadingSchema.optional(),
  })
  .readonly();
export type DatasetReference = z.infer<typeof datasetReferenceSchema>;
