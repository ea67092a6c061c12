import { z } from 'zod';
import { wholeNumber } from './numbers.js';

/** An image of an import as it lies in its file, and as the pixels that it would become. */
export const previewImageSchema = z
  .object({
    /** Relative to the location, with `/`. */
    file: z.string(),
    labels: z.array(z.string()).readonly(),
    part: z.enum(['train', 'val', 'test']),
    /** PNG data URLs; the source is scaled down. */
    source: z.string(),
    pixels: z.string(),
    /** What was done to its pixels: `PNG 30×12, padded with black to a square, resized to 28×28 (area)`. */
    preparation: z.string(),
  })
  .readonly();
export type PreviewImage = z.infer<typeof previewImageSchema>;

/** What an import would make of its images. */
export const importPreviewSchema = z
  .object({
    images: z.array(previewImageSchema).readonly(),
    /** How many images were looked at to find the rule, of how many. */
    looked: wholeNumber,
    total: wholeNumber,
    /** The rule in a sentence without its full stop. */
    rule: z.string(),
    /** What was found out of the images, a sentence each. */
    notes: z.array(z.string()).readonly(),
    /** Files among those looked at that cannot be read; the first ten say why. */
    unreadable: z.object({ count: wholeNumber, reasons: z.array(z.string()).readonly() }).readonly(),
  })
  .readonly();
export type ImportPreview = z.infer<typeof importPreviewSchema>;
