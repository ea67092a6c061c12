import { z } from 'zod';
import { wholeNumber } from './numbers.js';
import { pixelRuleSchema } from './pixel-rule.js';
import { taskSchema } from './task.js';

const name = z.string().min(1).max(200);
const count = z.int().min(0);

/** What images of a dataset can be told apart by, and the values that occur. */
export const groupingNameSchema = z.object({ name, values: z.array(name).min(1).max(1000).readonly() }).readonly();

/** How a file of MedForge's own was made of a `.npz` file that it could not use as it was. */
export const conversionSchema = z
  .object({
    /** Name of that file, without its folder. */
    source: z.string().max(500),
    /** Of that file. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** What was done, a sentence each. */
    steps: z.array(z.string().min(1).max(500)).min(1).max(20).readonly(),
  })
  .readonly();
/** What a cleaned copy lacks of its source. */
export const cleanedSchema = z
  .object({
    /** Name and SHA-256 of the source. */
    of: z.string().max(200),
    sha256: z.string(),
    /** Images of each part that were left out. */
    removed: z.object({ train: count, val: count, test: count }).readonly(),
    /** Why, in a sentence. */
    because: z.string().max(1000),
  })
  .readonly();
export type Cleaned = z.infer<typeof cleanedSchema>;

/**
 * What a dataset file says of itself beside its images and labels: the array `medforge_dataset`, UTF-8 JSON. Whose images they are is
 * in the arrays `train_patients` (int32, N) and `train_groups` (uint16, N × groupings), likewise of val and test.
 */
export const datasetManifestSchema = z
  .object({
    format: z.literal('medforge-dataset-1'),
    name,
    task: taskSchema,
    /** In class order. */
    labels: z.array(name).min(2).max(256).readonly(),
    /** False where a mirrored image has another label. */
    horizontalFlip: z.boolean(),
    licence: z.string().max(500).nullable(),
    /** In the order of the columns of `…_groups`. */
    groupings: z.array(groupingNameSchema).max(16).readonly(),
    conversion: conversionSchema.nullable().default(null),
    /** What a cleaned copy was made of, and what was left out; absent where it is none. */
    cleaned: cleanedSchema.optional(),
    /** How the files of its images became its pixels; null: not known. */
    pixels: pixelRuleSchema.nullable().default(null),
    /** Of images that were imported. */
    origin: z
      .object({
        /** What was found out, chosen and done, a sentence each without its full stop. */
        notes: z.array(z.string().max(2000)).max(1000).readonly(),
        /** Names of the choices that were made, as the command line calls them, with what was chosen. */
        decisions: z.record(z.string(), z.string()).readonly(),
        seed: wholeNumber,
        patientsFrom: z.string(),
        /** Of MedForge. */
        version: z.string(),
      })
      .readonly()
      .nullable()
      .default(null),
  })
  .readonly();
export type DatasetManifest = z.infer<typeof datasetManifestSchema>;
