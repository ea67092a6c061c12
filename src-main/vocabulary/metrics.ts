import { z } from 'zod';
import { measured, wholeNumber } from './numbers.js';

const interval = z.tuple([measured, measured]).readonly();

/** Metrics of one part as the MedMNIST evaluator defines them, with 95 % intervals (`training/metrics/bootstrap.ts`). */
export const partMetricsSchema = z
  .object({
    part: z.enum(['train', 'val', 'test']),
    images: wholeNumber,
    accuracy: measured,
    auc: measured,
    accuracyInterval: interval,
    aucInterval: interval,
    perClass: z
      .array(
        z
          .object({
            label: z.string(),
            sensitivity: measured,
            specificity: measured,
            precision: measured,
            f1: measured,
          })
          .readonly(),
      )
      .readonly(),
    /** Rows: truth, columns: prediction. Null for multi-label tasks. */
    confusion: z.array(z.array(wholeNumber).readonly()).readonly().nullable(),
    /** One ROC curve per class as [false positive rate, true positive rate] points. */
    roc: z.array(z.object({ label: z.string(), points: z.array(interval).readonly() }).readonly()).readonly(),
  })
  .readonly();
export type PartMetrics = z.infer<typeof partMetricsSchema>;
