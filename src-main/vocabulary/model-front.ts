import { z } from 'zod';
import { pairedFigureSchema } from './model-comparison.js';
import { estimatedSchema, measured, positive } from './numbers.js';

/** Most networks of a leaderboard whose front is asked for. */
const MOST = 20_000;

/** Networks of one dataset file, each with what it costs and reaches, whose front is asked for. */
export const frontQuestionSchema = z
  .object({
    /** Which figure of the test part it is about. */
    figure: pairedFigureSchema.unwrap().shape.figure,
    networks: z
      .array(z.object({ model: positive, cost: measured, figure: estimatedSchema }).readonly())
      .max(MOST)
      .readonly(),
  })
  .readonly();
export type FrontQuestion = z.infer<typeof frontQuestionSchema>;

/**
 * Where a network stands among others that were measured on the same images.
 * `front`: better than the network before it on the front, the cheapest one first. `open`: not shown to be better than a
 * cheaper one. `beaten`: one that costs no more is clearly better.
 */
export type Standing = 'front' | 'open' | 'beaten';

/** Where networks stand among each other, compared image by image where their intervals leave it open. */
export interface ModelFront {
  readonly standings: readonly { readonly model: number; readonly standing: Standing }[];
  /** Networks that could not be compared image by image: one of the two has kept no predictions. Their intervals decided. */
  readonly unpaired: readonly number[];
}
