import { z } from 'zod';

export const zoDartsSettingsSchema = z
  .strictObject({
    architectureLearningRate: z.number().gt(0).max(1).default(1.5e-2).describe('learning rate of Adam on α, β, γ'),
  })
  .readonly();
export type ZoDartsSettings = z.infer<typeof zoDartsSettingsSchema>;
