import { z } from 'zod';

/** Each choice of ZO-DARTS++ by itself. The defaults are what measured best; `AS_PUBLISHED` is the paper's algorithm whole. */
export const zoDartsSettingsSchema = z
  .strictObject({
    estimator: z
      .enum(['whole', 'published'])
      .default('whole')
      .describe('gradient of the loss: ∂L/∂a whole and the part through the weights along u, or all of it along u'),
    outlierCut: z
      .boolean()
      .default(true)
      .describe('shorten estimates that are far longer than usual; the first one counts nothing'),
    budgetTerm: z
      .enum(['constraint', 'exact', 'published'])
      .default('constraint')
      .describe('how the budget acts: kept exactly after each step, or as a penalty, whole or projected on u'),
    temperature: z
      .enum(['smooth', 'steps'])
      .default('smooth')
      .describe('how the temperature falls: smoothly, or by a quarter after every tenth of the epochs'),
    warmup: z
      .number()
      .min(0)
      .max(0.9)
      .default(0.3)
      .describe('share of the epochs in which weights learn and the architecture rests; the supernet grows at its end'),
    paths: z
      .enum(['two', 'all'])
      .default('two')
      .describe(
        'choices of each edge, kernel and depth that a round computes: two, drawn by their probabilities, or all',
      ),
    ranking: z
      .boolean()
      .default(true)
      .describe('rank proposals by what the weights of the supernet make of them, not by probability alone'),
  })
  .readonly();
export type ZoDartsSettings = z.infer<typeof zoDartsSettingsSchema>;

/** ZO-DARTS++ as arXiv 2503.06092 and its code have it. */
export const AS_PUBLISHED: ZoDartsSettings = {
  estimator: 'published',
  outlierCut: false,
  budgetTerm: 'published',
  temperature: 'steps',
  warmup: 0,
  paths: 'all',
  ranking: false,
};
