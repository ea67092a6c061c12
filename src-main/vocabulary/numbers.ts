import { z } from 'zod';

/** A number that was measured: NaN and infinities are values too (the AUC of a part that lacks a class, a loss that ran away). */
export const measured = z.custom<number>((value) => typeof value === 'number', { error: 'must be a number' });

/** Ends of an interval. */
export const interval = z.tuple([measured, measured]).readonly();

/** A whole number of at least 0. */
export const wholeNumber = z.int().min(0);

/** A whole number of at least 1. */
export const positive = z.int().min(1);
