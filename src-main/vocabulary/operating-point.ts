import { z } from 'zod';
import { measured, wholeNumber } from './numbers.js';

const share = z.number().min(0).max(1);

/** How a threshold is chosen on the validation part. */
export const operatingRuleSchema = z.discriminatedUnion('rule', [
  /** The highest threshold with at least this sensitivity, which has the best specificity among them. */
  z.object({ rule: z.literal('sensitivity'), atLeast: share }).readonly(),
  /** The lowest threshold with at least this specificity, which has the best sensitivity among them. */
  z.object({ rule: z.literal('specificity'), atLeast: share }).readonly(),
  /** Largest sensitivity + specificity − 1 (Youden 1950). */
  z.object({ rule: z.literal('youden') }).readonly(),
  /** Least cost of all errors; only the ratio of the two matters. */
  z.object({ rule: z.literal('costs'), missed: z.number().positive(), falseAlarm: z.number().positive() }).readonly(),
  /** Chosen by hand. */
  z.object({ rule: z.literal('threshold') }).readonly(),
]);
export type OperatingRule = z.infer<typeof operatingRuleSchema>;

/** Where a model decides for the finding: its probability is at least the threshold. */
export const operatingPointSchema = z
  .object({
    /** Class number of the finding. */
    finding: wholeNumber,
    label: z.string(),
    rule: operatingRuleSchema,
    /** Of the probability before calibration. Above 1: never. */
    threshold: measured,
  })
  .readonly();
export type OperatingPoint = z.infer<typeof operatingPointSchema>;
