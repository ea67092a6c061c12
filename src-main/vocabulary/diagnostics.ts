import { z } from 'zod';
import { measured, positive, wholeNumber } from './numbers.js';
import { operatingPointSchema } from './operating-point.js';

/*
 * What one who decides asks of a trained network: how often it finds what is looked for, how often it is wrong, and whether
 * its probabilities can be believed. All of it follows from the predictions that are kept with the model.
 */

const interval = z.tuple([measured, measured]).readonly();

/** A figure with its 95 % interval. Never NaN. */
export const estimateSchema = z
  .object({
    /** Null where it is not defined. */
    value: measured.nullable(),
    /** Null where the images allow none. */
    interval: interval.nullable(),
    /** Why the value is not defined, for example `no image of class 3 in the test part`; else null. */
    missing: z.string().nullable(),
  })
  .readonly();
export type Estimate = z.infer<typeof estimateSchema>;

/** What a decision for or against the finding gets right and wrong. */
export const decisionSchema = z
  .object({
    truePositives: wholeNumber,
    falseNegatives: wholeNumber,
    trueNegatives: wholeNumber,
    falsePositives: wholeNumber,
    /** With exact intervals. */
    sensitivity: estimateSchema,
    specificity: estimateSchema,
    positivePredictiveValue: estimateSchema,
    negativePredictiveValue: estimateSchema,
    /** Of all classes; rows: truth, columns: prediction. Null for multi-label tasks. */
    confusion: z.array(z.array(wholeNumber).readonly()).readonly().nullable(),
  })
  .readonly();
export type Decision = z.infer<typeof decisionSchema>;

/** A corner of the ROC curve: what is decided with this threshold. */
export const rocCornerSchema = z
  .object({
    /** Of the probability before calibration: the finding is said at this or more. */
    threshold: measured,
    truePositives: wholeNumber,
    falsePositives: wholeNumber,
    sensitivity: measured,
    specificity: measured,
    /** Exact, 95 %. */
    sensitivityInterval: interval,
    specificityInterval: interval,
  })
  .readonly();
export type RocCorner = z.infer<typeof rocCornerSchema>;

/** Probabilities against what was there, in ten bins of equal width. */
export const calibrationSchema = z
  .object({
    bins: z
      .array(
        z
          .object({
            from: measured,
            /** Excluded, but for 1. */
            to: measured,
            images: wholeNumber,
            /** Mean probability, null for an empty bin. */
            probability: measured.nullable(),
            /** Share in which what was said is there, null for an empty bin. */
            observed: measured.nullable(),
            /** Of `observed`, exact. */
            interval: interval.nullable(),
          })
          .readonly(),
      )
      .readonly(),
    /** Expected calibration error: mean distance of `probability` and `observed`, weighted by images. */
    expectedCalibrationError: estimateSchema,
    /** Mean squared error of the probabilities: of the finding, or summed over the classes. */
    brierScore: estimateSchema,
  })
  .readonly();
export type Calibration = z.infer<typeof calibrationSchema>;

/** Figures of some images of a part: those of one site, sex or age. */
export const groupFiguresSchema = z
  .object({
    /** Null: the images of which it is not known. */
    value: z.string().nullable(),
    images: wholeNumber,
    /** Null where patients are not known. */
    patients: wholeNumber.nullable(),
    /** Images with the finding; null without one. */
    positives: wholeNumber.nullable(),
    balancedAccuracy: estimateSchema,
    accuracy: estimateSchema,
    auc: estimateSchema,
    /** For the finding, at the operating point where there is one, else of the most probable class; null without a finding. */
    finding: z
      .object({ auc: estimateSchema, sensitivity: estimateSchema, specificity: estimateSchema })
      .readonly()
      .nullable(),
  })
  .readonly();
export type GroupFigures = z.infer<typeof groupFiguresSchema>;

/** The same figures for each value of what images can be told apart by. */
export const groupingFiguresSchema = z
  .object({ name: z.string(), groups: z.array(groupFiguresSchema).readonly() })
  .readonly();
export type GroupingFigures = z.infer<typeof groupingFiguresSchema>;

export const partDiagnosticsSchema = z
  .object({
    part: z.enum(['train', 'val', 'test']),
    images: positive,
    /** Patients that the intervals are drawn over; null where images are, because no patient is known or each has one image. */
    patients: positive.nullable().default(null),
    /** Empty where the dataset cannot tell its images apart. */
    groupings: z.array(groupingFiguresSchema).readonly().default([]),
    /** Mean sensitivity of the classes; of labels, the mean of (sensitivity + specificity) / 2. */
    balancedAccuracy: estimateSchema,
    accuracy: estimateSchema,
    /** As the MedMNIST evaluator defines it. */
    auc: estimateSchema,
    /** Who always says what is most frequent in the training part. */
    majority: z
      .object({
        /** Null for multi-label tasks, where each label has an answer of its own. */
        label: z.string().nullable(),
        accuracy: measured,
        balancedAccuracy: measured.nullable(),
        /** For the finding: 0 or 1. Null without one. */
        sensitivity: measured.nullable(),
        specificity: measured.nullable(),
      })
      .readonly(),
    finding: z
      .object({
        positives: wholeNumber,
        negatives: wholeNumber,
        /** Finding against everything else. */
        auc: estimateSchema,
        /** The most probable class is said; of labels, those above 0.5. */
        usual: decisionSchema,
        /** Null where no operating point is chosen. */
        atOperatingPoint: decisionSchema.nullable(),
        /** From the highest threshold to the lowest; empty without positives or negatives. */
        roc: z.array(rocCornerSchema).readonly(),
        /** What the thresholds of the validation part's `roc` decide on this part, one for each. */
        atValidationCorners: z.array(rocCornerSchema).readonly(),
      })
      .readonly()
      .nullable(),
    calibration: z
      .object({
        before: calibrationSchema,
        /** With the temperature. */
        after: calibrationSchema,
      })
      .readonly(),
  })
  .readonly();
export type PartDiagnostics = z.infer<typeof partDiagnosticsSchema>;

export const diagnosticsSchema = z
  .object({
    labels: z.array(z.string()).readonly(),
    /** The class that is looked for; null when none is named. */
    finding: z.object({ class: wholeNumber, label: z.string() }).readonly().nullable(),
    operatingPoint: operatingPointSchema.nullable(),
    /** Why the operating point that is kept with the model does not count, else null. */
    operatingPointProblem: z.string().nullable(),
    /** How the operating point was chosen, in words; null where there is none. */
    operatingRule: z.string().nullable().default(null),
    /** Divides the logits; fitted on the validation part. */
    temperature: measured,
    /** Whose probability the calibration is about. */
    calibrationOf: z.enum(['finding', 'most probable class', 'all labels']),
    validation: partDiagnosticsSchema,
    test: partDiagnosticsSchema,
    /** Without the test images that have a twin in the training or validation part. Null where nobody looked. */
    withoutTwins: z
      .object({
        /** Test images that have one. */
        twins: wholeNumber,
        /** Of the other test images; null where none has a twin, or all have. */
        figures: groupFiguresSchema.nullable(),
      })
      .readonly()
      .nullable()
      .default(null),
  })
  .readonly();
export type Diagnostics = z.infer<typeof diagnosticsSchema>;
