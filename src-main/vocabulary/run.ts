import { z } from 'zod';
import { budgetSchema } from './budget.js';
import { datasetReferenceSchema } from './dataset-reference.js';
import { estimatedSchema, measured, positive, wholeNumber } from './numbers.js';
import { jobResultSchema } from './results.js';
import { jobConfigSchema } from './run-config.js';
import { genotypeSchema } from './space.js';
import { traceDescriptionSchema } from './trace.js';

export const runStateSchema = z.enum(['queued', 'running', 'paused', 'finished', 'failed', 'cancelled', 'interrupted']);
export type RunState = z.infer<typeof runStateSchema>;

export const runKindSchema = z.enum(['search', 'retrain']);
export type RunKind = z.infer<typeof runKindSchema>;

/** What a search says of itself, on the half of the images that judges architectures: no figure of what it found. */
export const searchValidationSchema = z.object({ accuracy: measured, auc: measured.nullable() }).readonly();
export type SearchValidation = z.infer<typeof searchValidationSchema>;

/** Sensitivity and specificity for the class that the dataset is searched for, of the most probable class. */
export const findingFiguresSchema = z
  .object({ label: z.string(), sensitivity: estimatedSchema, specificity: estimatedSchema })
  .readonly();
export type FindingFigures = z.infer<typeof findingFiguresSchema>;

/** What a retraining reaches on the test part: means over its networks (`statistics/mean-of-trainings.ts`). */
export const testFiguresSchema = z
  .object({
    /** How many networks, each with a seed of its own. */
    networks: positive,
    balancedAccuracy: estimatedSchema,
    /** Null where no class of the dataset is named as the finding. */
    finding: findingFiguresSchema.nullable(),
    auc: estimatedSchema,
    accuracy: estimatedSchema,
  })
  .readonly();
export type TestFigures = z.infer<typeof testFiguresSchema>;

/** A run as a table shows it. Numbers that the run does not have yet are null; NaN is kept. */
export const runSummarySchema = z
  .object({
    run: positive,
    kind: runKindSchema,
    name: z.string(),
    state: runStateSchema,
    /** Name of the dataset. */
    dataset: z.string(),
    synthetic: z.boolean(),
    /** ISO 8601, UTC. */
    createdAt: z.string(),
    finishedAt: z.string().nullable(),
    /** Finished epochs; a retraining counts those of all its seeds. */
    epoch: wholeNumber,
    epochs: wholeNumber,
    seed: z.int(),
    budget: budgetSchema.nullable(),
    expectedParameters: measured.nullable(),
    parameters: wholeNumber.nullable(),
    /** Of the newest epoch that measured it; null before that, and for a retraining. */
    searchValidation: searchValidationSchema.nullable(),
    /** Null before the end of a retraining, and for a search, which never sees the test part. */
    test: testFiguresSchema.nullable(),
    /** Running time over all resumes. */
    seconds: measured,
    secondsLeft: measured.nullable(),
    tags: z.array(z.string()).readonly(),
    note: z.string(),
    error: z.string().nullable(),
    queuePosition: z.int().nullable(),
  })
  .readonly();
export type RunSummary = z.infer<typeof runSummarySchema>;

/** A run with all that it was started with and all that came of it. */
export const runDetailsSchema = z
  .object({
    summary: runSummarySchema,
    config: jobConfigSchema,
    dataset: datasetReferenceSchema,
    result: jobResultSchema.nullable(),
    genotype: genotypeSchema.nullable(),
    /** `<home>/runs/<run>`. */
    folder: z.string(),
    /** What the traces of its epochs mean; null for a retraining, and before a search has begun. */
    trace: traceDescriptionSchema.nullable(),
  })
  .readonly();
export type RunDetails = z.infer<typeof runDetailsSchema>;
