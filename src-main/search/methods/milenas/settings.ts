import { z } from 'zod';

export const milenasSettingsSchema = z
  .strictObject({
    architectureLearningRate: z.number().gt(0).max(1).default(3e-4).describe('learning rate of Adam on α, β, γ'),
    validationWeight: z
      .number()
      .min(0)
      .max(1000)
      .default(1)
      .describe('λ: how much the loss of the architecture half counts beside that of the weight half'),
  })
  .readonly();
export type MilenasSettings = z.infer<typeof milenasSettingsSchema>;
