import { z } from 'zod';

/** Each choice of ZO-DARTS++ by itself. The defaults are what measured best; `AS_PUBLISHED` is the paper's algorithm whole. */
export const zoDartsSettingsSchema = z
  .strictObject({
    estimator: z
      .enum(['published'])
      .default('published')
      .describe('how the gradient of the loss is estimated: (⟨∂L/∂a, u⟩ + ⟨∂L/∂w, (w′ − w)/μ⟩)·u'),
    outlierCut: z
      .boolean()
      .default(true)
      .describe('shorten estimates that are far longer than usual; the first one counts nothing'),
    budgetTerm: z
      .enum(['published', 'exact'])
      .default('exact')
      .describe('how the budget acts: gradient of the penalty projected on u, or whole in closed form'),
    temperature: z
      .enum(['steps', 'smooth'])
      .default('steps')
      .describe('how the temperature falls: by a quarter after every tenth of the epochs, or as much smoothly'),
    warmupEpochs: z
      .int()
      .min(0)
      .max(10_000)
      .default(0)
      .describe('epochs in which the weights learn and the architecture rests'),
  })
  .readonly();
export type ZoDartsSettings = z.infer<typeof zoDartsSettingsSchema>;

/** ZO-DARTS++ as arXiv 2503.06092 and its code have it. */
export const AS_PUBLISHED: ZoDartsSettings = {
  estimator: 'published',
  outlierCut: false,
  budgetTerm: 'published',
  temperature: 'steps',
  warmupEpochs: 0,
};
