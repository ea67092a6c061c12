import { z } from 'zod';
import { interval, measured, positive, wholeNumber } from './numbers.js';

/** A figure of two models on the same images, and what lies between them. */
export const pairedFigureSchema = z
  .object({
    figure: z.enum(['balancedAccuracy', 'sensitivity', 'specificity', 'auc', 'accuracy']),
    /** Null where it is not defined. */
    first: measured.nullable(),
    second: measured.nullable(),
    /** First minus second; null where it is not defined. */
    difference: measured.nullable(),
    /** 95 %, of the difference; null where there are too few images for one. */
    interval: interval.nullable(),
    /** Why there is no difference or no interval, else null. */
    missing: z.string().nullable(),
  })
  .readonly();
export type PairedFigure = z.infer<typeof pairedFigureSchema>;

/** Two models, or the means of two retrainings, on the test part that both were measured on. */
export const modelComparisonSchema = z
  .object({
    images: positive,
    /** Class that sensitivity and specificity are for; null: none is named, and there are none. */
    finding: z.string().nullable(),
    /** The two networks. */
    networks: z.array(pairedFigureSchema).readonly(),
    /** Answers that only one of the two has right. Null for multi-label tasks, where an image has many answers. */
    accuracyTest: z
      .object({
        onlyFirst: wholeNumber,
        onlySecond: wholeNumber,
        /** Exact two-sided p of McNemar's test. */
        pValue: measured,
      })
      .readonly()
      .nullable(),
    /** Means over all seeds of the two retrainings; null where one of them has a single seed, or both are the same one. */
    retrainings: z
      .object({
        first: z.object({ run: positive, networks: positive }).readonly(),
        second: z.object({ run: positive, networks: positive }).readonly(),
        figures: z.array(pairedFigureSchema).readonly(),
      })
      .readonly()
      .nullable(),
    /** Why `retrainings` is null, else null. */
    withoutRetrainings: z.string().nullable(),
  })
  .readonly();
export type ModelComparison = z.infer<typeof modelComparisonSchema>;
