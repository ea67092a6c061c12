import { z } from 'zod';

export const pcDartsSettingsSchema = z
  .strictObject({
    architectureLearningRate: z
      .number()
      .gt(0)
      .max(1)
      .default(6e-4)
      .describe('learning rate of Adam on α, β, γ and the edge weights'),
    // 15 of 50 epochs
    warmup: z
      .number()
      .min(0)
      .max(0.9)
      .default(0.3)
      .describe('share of the epochs, at the start, that train only the weights'),
    channelShare: z
      .int()
      .min(2)
      .max(64)
      .default(4)
      .describe('operations of an edge see one channel in so many; the number of channels must be a multiple'),
  })
  .readonly();
export type PcDartsSettings = z.infer<typeof pcDartsSettingsSchema>;
