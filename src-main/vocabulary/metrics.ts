import { z } from 'zod';
import { measured, wholeNumber } from './numbers.js';

const interval = z.tuple([measured, measured]).readonly();

const measuredPart = z
  .object({
    part: z.enum(['train', 'val', 'test']),
    images: wholeNumber,
    accuracy: measured,
    /** NaN where a class has no image, or every one. */
    auc: measured,
    accuracyInterval: interval,
    /** Null where there are too few images of a class for one, or the AUC is 0 or 1. */
    aucInterval: interval.nullable(),
    /** Mean sensitivity of the classes; of labels, the mean of (sensitivity + specificity) / 2. NaN where a class has no image. */
    balancedAccuracy: measured,
    /** Null where there are too few images of a class for one, and in results of before there was any. */
    balancedAccuracyInterval: interval.nullable().default(null),
    perClass: z
      .array(
        z
          .object({
            label: z.string(),
            /** Images with this class or label; null in results of before they were counted. */
            images: wholeNumber.nullable().default(null),
            /** NaN where there is no image of the class; the others likewise where there is nothing to measure on. */
            sensitivity: measured,
            specificity: measured,
            /** Exact; null where there is no image to measure on, and in results of before there were any. */
            sensitivityInterval: interval.nullable().default(null),
            specificityInterval: interval.nullable().default(null),
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

/** Metrics of one part as the MedMNIST evaluator defines them, with 95 % intervals (`training/metrics/bootstrap.ts`). */
export const partMetricsSchema = z.preprocess((stored) => withBalance(withUndefined(stored)), measuredPart);
export type PartMetrics = z.infer<typeof partMetricsSchema>;

/** Images of a class below which an AUC has no interval, today (`training/metrics/estimate.ts`). */
const FEWEST = 10;

/**
 * A result of before classes had their images counted: there the sensitivity of a class without images was 0, and an AUC of
 * a few images had an interval. The confusion matrix tells which.
 */
function withUndefined(stored: unknown): unknown {
  const former = formerPart.safeParse(stored);
  if (!former.success) return stored;
  const { perClass, confusion, aucInterval, ...rest } = former.data;
  const images = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  const said = confusion.map((_, k) => confusion.reduce((sum, row) => sum + (row[k] ?? 0), 0));
  const all = images.reduce((sum, count) => sum + count, 0);
  const few = images.some((count) => Math.min(count, all - count) < FEWEST);
  return {
    ...rest,
    confusion,
    aucInterval: few ? null : aucInterval,
    perClass: perClass.map((figures, k) => ({
      ...figures,
      images: images[k],
      ...(images[k] === 0 ? { sensitivity: NaN, f1: NaN } : {}),
      ...(images[k] === all ? { specificity: NaN } : {}),
      ...(said[k] === 0 ? { precision: NaN } : {}),
    })),
  };
}

const formerPart = z.looseObject({
  perClass: z.array(z.looseObject({ images: z.undefined().optional() })).min(2),
  confusion: z.array(z.array(z.number())),
  aucInterval: z.unknown(),
});

/** A result of before balanced accuracy was kept: its value follows from the classes, its interval does not. */
function withBalance(stored: unknown): unknown {
  const former = unbalancedPart.safeParse(stored);
  return former.success ? { ...former.data, balancedAccuracy: balanceOf(former.data) } : stored;
}

const unbalancedPart = z.looseObject({
  balancedAccuracy: z.undefined().optional(),
  perClass: z.array(z.looseObject({ sensitivity: measured, specificity: measured })),
  confusion: z.unknown(),
});

/** Balanced accuracy from sensitivity and specificity of every class, or label (no confusion matrix). */
function balanceOf({
  perClass,
  confusion,
}: {
  readonly perClass: readonly { readonly sensitivity: number; readonly specificity: number }[];
  readonly confusion?: unknown;
}): number {
  const shares = perClass.map(({ sensitivity, specificity }) =>
    confusion === null ? (sensitivity + specificity) / 2 : sensitivity,
  );
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
