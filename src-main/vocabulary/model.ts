import { z } from 'zod';
import { measured, positive, wholeNumber } from './numbers.js';

/** An exported model. */
export const bundleSummarySchema = z
  .object({
    bundle: positive,
    model: positive,
    folder: z.string(),
    /** ISO 8601, UTC. */
    createdAt: z.string(),
    verified: z.boolean(),
  })
  .readonly();
export type BundleSummary = z.infer<typeof bundleSummarySchema>;

/** A trained network as a table shows it. */
export const modelSummarySchema = z
  .object({
    model: positive,
    run: positive,
    searchRun: z.int().nullable(),
    name: z.string(),
    dataset: z.string(),
    synthetic: z.boolean(),
    seed: z.int(),
    parameters: wholeNumber,
    /** On the test part. */
    accuracy: measured,
    /** On the test part. */
    auc: measured,
    /** ISO 8601, UTC. */
    createdAt: z.string(),
    bundles: z.array(bundleSummarySchema).readonly(),
  })
  .readonly();
export type ModelSummary = z.infer<typeof modelSummarySchema>;
