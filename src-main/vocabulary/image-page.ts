import { z } from 'zod';
import { wholeNumber } from './numbers.js';
import type { ActivationMaps } from './prediction.js';

/*
 * The images behind a figure of a model: a cell of its confusion matrix, a bin of its reliability diagram, an outcome at a point of
 * its ROC. Numbers of images are positions in their part of the dataset's file, from 0.
 */

/** Most images of one page. */
export const MOST_IMAGES = 100;

/** How it is decided: the finding from this probability (before calibration); null: the most probable class, labels above 0.5. */
const decidedAt = z
  .strictObject({ finding: wholeNumber, threshold: z.number().min(0).max(2) })
  .readonly()
  .nullable();
export type DecidedAt = z.infer<typeof decidedAt>;

export const outcomeSchema = z.enum(['true-positive', 'false-negative', 'false-positive', 'true-negative']);
export type Outcome = z.infer<typeof outcomeSchema>;

export const imageSelectionSchema = z.discriminatedUnion('by', [
  /** Of one class, called another one (or itself). Not of multi-label tasks. */
  z.strictObject({ by: z.literal('cell'), truth: wholeNumber, prediction: wholeNumber, at: decidedAt }).readonly(),
  /** Right or wrong about one class against the rest. */
  z.strictObject({ by: z.literal('outcome'), class: wholeNumber, outcome: outcomeSchema, at: decidedAt }).readonly(),
  /** A tenth of the probabilities that the calibration is about: bin 3 is 0.3 to 0.4. */
  z.strictObject({ by: z.literal('bin'), bin: z.int().min(0).max(9), calibrated: z.boolean() }).readonly(),
  /** Whatever is classified wrongly; of labels, each that is wrong. */
  z.strictObject({ by: z.literal('wrong'), at: decidedAt }).readonly(),
]);
export type ImageSelection = z.infer<typeof imageSelectionSchema>;

export const imageQuestionSchema = z
  .strictObject({
    part: z.enum(['val', 'test']),
    selection: imageSelectionSchema,
    /** Images that are left out at the beginning. */
    from: wholeNumber,
    count: z.int().min(1).max(MOST_IMAGES),
  })
  .readonly();
export type ImageQuestion = z.infer<typeof imageQuestionSchema>;

/** The same picture in another part (`datasets/twins.ts`). */
export interface Twin {
  readonly part: 'train' | 'val' | 'test';
  readonly index: number;
  /** PNG data URL; null where no pictures were asked for. */
  readonly image: string | null;
  readonly truth: readonly number[];
  /** Of the pixels; 1 where every byte is the same. */
  readonly correlation: number;
  readonly identical: boolean;
  /** Whether its truth is another one. */
  readonly otherLabel: boolean;
}

export interface ShownImage {
  readonly index: number;
  /** PNG data URL, a pixel for each of the image; null where no pictures were asked for. */
  readonly image: string | null;
  /** Class numbers: one, or the labels that it has. */
  readonly truth: readonly number[];
  readonly said: readonly number[];
  /** The class whose probability the order goes by, and that probability. */
  readonly subject: number;
  readonly probability: number;
  /** In class order; calibrated where calibrated bins were asked for. */
  readonly probabilities: readonly number[];
  /** The most alike first, at most six. */
  readonly twins: readonly Twin[];
  /** How many there are. */
  readonly twinCount: number;
  /** Of each class; null where no pictures were asked for. */
  readonly activation: ActivationMaps | null;
}

export interface ImagePage {
  /** `26 of 114 "malignant" test images called "benign", most confident first` */
  readonly sentence: string;
  /** In class order. */
  readonly labels: readonly string[];
  readonly from: number;
  /** On all pages. */
  readonly total: number;
  readonly images: readonly ShownImage[];
}
