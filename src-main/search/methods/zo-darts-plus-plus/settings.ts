import { z } from 'zod';

/** Each choice of ZO-DARTS++ by itself. The defaults are what measured best; `AS_PUBLISHED` is the paper's algorithm whole. */
export const zoDartsPlusPlusSettingsSchema = z
  .strictObject({
    estimator: z
      .enum(['whole', 'published'])
      .default('whole')
      .describe(
        'gradient of the loss: ∂L/∂a in full plus the part through the weights along u (whole), or everything along u (published)',
      ),
    outlierCut: z
      .boolean()
      .default(true)
      .describe('shorten estimates that are far longer than usual, and ignore the first one'),
    budgetTerm: z
      .enum(['constraint', 'exact', 'published'])
      .default('constraint')
      .describe(
        'how the budget acts: enforced after each step (constraint), or as a penalty, in full (exact) or projected on u (published)',
      ),
    temperature: z
      .enum(['smooth', 'steps'])
      .default('smooth')
      .describe('how the temperature falls: smoothly, or by a quarter after every tenth of the epochs'),
    warmup: z
      .number()
      .min(0)
      .max(0.9)
      .default(0.3)
      .describe('share of the epochs, at the start, that train only the weights; the supernet grows at its end'),
    paths: z
      .enum(['two', 'all'])
      .default('two')
      .describe(
        'choices that a round computes for each edge, kernel and depth: two, drawn by their probabilities, or all',
      ),
    ranking: z
      .boolean()
      .default(true)
      .describe('rank proposals by their results with the weights of the supernet, not by probability alone'),
  })
  .readonly();
export type ZoDartsPlusPlusSettings = z.infer<typeof zoDartsPlusPlusSettingsSchema>;

/** ZO-DARTS++ as arXiv 2503.06092 and its code have it. */
export const AS_PUBLISHED: ZoDartsPlusPlusSettings = {
  estimator: 'published',
  outlierCut: false,
  budgetTerm: 'published',
  temperature: 'steps',
  warmup: 0,
  paths: 'all',
  ranking: false,
};
