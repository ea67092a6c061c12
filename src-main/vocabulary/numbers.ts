import { z } from 'zod';

/** A number that was measured: NaN and infinities are values too (the AUC of a part that lacks a class, a loss that ran away). */
export const measured = z.custom<number>((value) => typeof value === 'number', { error: 'must be a number' });

/** Ends of an interval. */
export const interval = z.tuple([measured, measured]).readonly();

/** A figure with its 95 % interval, null where it has none. NaN: it is not defined. */
export const estimatedSchema = z.object({ value: measured, interval: interval.nullable() }).readonly();
export type Estimated = z.infer<typeof estimatedSchema>;

/** A whole number of at least 0. */
export const wholeNumber = z.int().min(0);

/** A whole number of at least 1. */
export const positive = z.int().min(1);
