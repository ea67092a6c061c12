import { z } from 'zod';
import { estimateSchema } from './diagnostics.js';
import { measured, wholeNumber } from './numbers.js';

/** What was looked for; a report of an older version is made again. */
export const HEALTH_VERSION = 2;

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
    /** Mean absolute difference of their pixel values, 0 to 255. */
    difference: measured,
    identical: z.boolean(),
    otherLabel: z.boolean(),
  })
  .readonly();
export type TwinPair = z.infer<typeof twinPairSchema>;

/** What two images look like that are alike, as PNG data URLs. */
export interface PairPicture {
  readonly images: readonly [string, string];
  /** The largest difference of a pixel value, and all of them with that one white; null where every byte is the same. */
  readonly difference: { readonly largest: number; readonly image: string } | null;
}

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
    method: z.enum(['majority vote', 'nearest neighbour', 'linear model', 'original file']),
    /** How, in a few words: pixels, images. */
    how: z.string(),
    validation: z
      .object({ images: wholeNumber, accuracy: estimateSchema, balancedAccuracy: measured.nullable() })
      .readonly(),
    test: z.object({ images: wholeNumber, accuracy: estimateSchema, balancedAccuracy: measured.nullable() }).readonly(),
  })
  .readonly();
export type Baseline = z.infer<typeof baselineSchema>;

/** One kind of file that images were made of. */
export const originalKindSchema = z
  .object({
    /** PNG, DICOM. */
    format: z.string(),
    /** Pixels, after rotation as the camera recorded. */
    width: wholeNumber,
    height: wholeNumber,
    /** Bits that a sample can have in such a file; null where samples are fractions or rescaled, or where it was not kept. */
    bits: wholeNumber.nullable(),
  })
  .readonly();
export type OriginalKind = z.infer<typeof originalKindSchema>;

/** The files that the images of a dataset were made of. */
export const originalsSummarySchema = z
  .object({
    /** The most frequent first, at most 12 of them. */
    kinds: z.array(z.object({ kind: originalKindSchema, images: ofParts }).readonly()).readonly(),
    /** How many kinds there are. */
    kindCount: wholeNumber,
    /** Images by bits a sample, the most frequent first. */
    depths: z.array(z.object({ bits: wholeNumber.nullable(), images: wholeNumber }).readonly()).readonly(),
    /** Shortest and longest side of a file, in pixels. */
    smallest: wholeNumber,
    largest: wholeNumber,
    /** Images of a file that is smaller than the images of the dataset. */
    enlarged: wholeNumber,
    /** How they became the pixels of the dataset, in words; null where it was not kept. */
    rule: z.string().nullable(),
  })
  .readonly();
export type OriginalsSummary = z.infer<typeof originalsSummarySchema>;

/** What a dataset is worth as a measure: the health report. */
export const datasetHealthSchema = z
  .object({
    version: z.literal(HEALTH_VERSION),
    name: z.string(),
    sha256: z.string(),
    labels: z.array(z.string()).readonly(),
    samples: ofParts,
    /** Images of each class: [class][part], parts in the order train, val, test. */
    balance: z.array(z.array(wholeNumber).readonly()).readonly(),
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
    /** Images that each choice of a cleaned copy leaves out. */
    cleaning: z.object({ trainingTwins: ofParts, conflictingTest: ofParts }).readonly(),
    /** Null where the file does not say what its images were made of. */
    originals: originalsSummarySchema.nullable(),
    /** Images of one grey throughout, and those that are black. */
    oneGrey: ofParts,
    black: ofParts,
    baselines: z.array(baselineSchema).readonly(),
  })
  .readonly();
export type DatasetHealth = z.infer<typeof datasetHealthSchema>;
