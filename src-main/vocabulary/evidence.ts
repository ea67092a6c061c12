import { z } from 'zod';
import { datasetHealthSchema } from './dataset-health.js';
import { diagnosticsSchema } from './diagnostics.js';
import { measured, wholeNumber } from './numbers.js';

/*
 * What the files of a model say today, as a report needs it. What could not be read says why, in a sentence: a report is made
 * of what there is.
 */

const problem = z.object({ problem: z.string() }).readonly();

export const evidenceSchema = z
  .object({
    /** The dataset file, proved to be the one of the training; else why it could not be read. */
    dataset: z.union([
      z
        .object({
          /** Null where the file is too large to be looked into for a report and was not checked before. */
          health: datasetHealthSchema.nullable(),
          /** What the file is, as the end of "This is …"; null where it was not looked at. */
          identity: z.string().nullable(),
        })
        .readonly(),
      problem,
    ]),
    /** Images per class and part: [class][part], parts in the order train, val, test. Null where nothing tells. */
    balance: z.array(z.array(wholeNumber).readonly()).readonly().nullable(),
    /** What the model file says of itself and of its dataset. */
    weights: z.union([
      z
        .object({
          sha256: z.string(),
          bytes: wholeNumber,
          program: z.string(),
          task: z.string(),
          size: wholeNumber,
          labels: z.array(z.string()).readonly(),
          licence: z.string().nullable(),
          catalogueId: z.string().nullable(),
          /** What the dataset is, a phrase for people. */
          identity: z.string(),
          samples: z.object({ train: wholeNumber, val: wholeNumber, test: wholeNumber }).readonly(),
          multiplyAccumulates: measured,
        })
        .readonly(),
      problem,
    ]),
    diagnostics: z.union([diagnosticsSchema, problem]),
    /** SHA-256 of the manifest of each bundle, which holds those of all its files; null where it is gone. */
    bundles: z.array(z.object({ folder: z.string(), manifest: z.string().nullable() }).readonly()).readonly(),
  })
  .readonly();
export type Evidence = z.infer<typeof evidenceSchema>;

/** Where a run was computed. */
export const computedOnSchema = z.object({ device: z.string(), backend: z.string(), threads: wholeNumber }).readonly();
export type ComputedOn = z.infer<typeof computedOnSchema>;
