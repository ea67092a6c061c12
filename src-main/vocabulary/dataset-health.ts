import { z } from 'zod';
import { estimateSchema } from './diagnostics.js';
import { measured, wholeNumber } from './numbers.js';

/** What was looked for; a report of an older version is made again. */
export const HEALTH_VERSION = 1;

const part = z.enum(['train', 'val', 'test']);
const ofParts = z.object({ train: wholeNumber, val: wholeNumber, test: wholeNumber }).readonly();

/** `serious`: figures of the test part cannot be taken as they are. `warning`: they may mislead. `note`: worth knowing. */
export const severitySchema = z.enum(['serious', 'warning', 'note']);
export type Severity = z.infer<typeof severitySchema>;

export const healthFindingSchema = z
  .object({
    /** The same for the same fault, for programs. */
    kind: z.string(),
    severity: severitySchema,
    /** What is so, and what follows. */
    sentence: z.string(),
  })
  .readonly();
export type HealthFinding = z.infer<typeof healthFindingSchema>;

const placeSchema = z
  .object({
    part,
    index: wholeNumber,
    /** Class numbers. */
    truth: z.array(wholeNumber).readonly(),
  })
  .readonly();

/** Two images that are alike. */
export const twinPairSchema = z
  .object({
    images: z.tuple([placeSchema, placeSchema]).readonly(),
    correlation: measured,
    identical: z.boolean(),
    otherLabel: z.boolean(),
  })
  .readonly();
export type TwinPair = z.infer<typeof twinPairSchema>;

const twinCount = z
  .object({
    /** Images that have a twin there: identical or near-identical. */
    images: wholeNumber,
    identical: wholeNumber,
    otherLabel: wholeNumber,
  })
  .readonly();
export type TwinCount = z.infer<typeof twinCount>;

/** What something simple reaches. */
export const baselineSchema = z
  .object({
    method: z.enum(['majority vote', 'nearest neighbour', 'linear model']),
    /** How, in a few words: pixels, images. */
    how: z.string(),
    validation: z
      .object({ images: wholeNumber, accuracy: estimateSchema, balancedAccuracy: measured.nullable() })
      .readonly(),
    test: z.object({ images: wholeNumber, accuracy: estimateSchema, balancedAccuracy: measured.nullable() }).readonly(),
  })
  .readonly();
export type Baseline = z.infer<typeof baselineSchema>;

/** What a dataset is worth as a measure: the health report. */
export const datasetHealthSchema = z
  .object({
    version: z.literal(HEALTH_VERSION),
    name: z.string(),
    sha256: z.string(),
    labels: z.array(z.string()).readonly(),
    samples: ofParts,
    /** The most serious first. */
    findings: z.array(healthFindingSchema).readonly(),
    twins: z
      .object({
        testInTraining: twinCount,
        testInValidation: twinCount,
        /** In either of them. */
        testElsewhere: twinCount,
        validationInTraining: twinCount,
        /** In the same part. */
        within: z.object({ train: twinCount, val: twinCount, test: twinCount }).readonly(),
        /** Images of the training and the validation part that have a twin anywhere which is labelled otherwise. */
        labelConflicts: wholeNumber,
        /** Worst first. */
        pairs: z.array(twinPairSchema).readonly(),
        /** Different contents that were compared with all others, of all. */
        compared: z.object({ contents: wholeNumber, of: wholeNumber }).readonly(),
      })
      .readonly(),
    /** Null where patients are not known. */
    patients: z
      .object({
        all: wholeNumber,
        /** Patients that have images in more than one part. */
        inSeveralParts: wholeNumber,
        /** Test images of patients that the training or validation part has too. */
        testImages: wholeNumber,
      })
      .readonly()
      .nullable(),
    /** Images of one grey throughout, and those that are black. */
    oneGrey: ofParts,
    black: ofParts,
    baselines: z.array(baselineSchema).readonly(),
  })
  .readonly();
export type DatasetHealth = z.infer<typeof datasetHealthSchema>;
