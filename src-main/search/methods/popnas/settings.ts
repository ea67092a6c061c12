import { z } from 'zod';

export const popnasSettingsSchema = z
  .strictObject({
    exploration: z
      .number()
      .min(0)
      .max(0.5)
      .default(0.2)
      .describe('part of each generation that must have operations which the Pareto front rarely uses'),
    trainingEpochs: z
      .int()
      .min(1)
      .max(1000)
      .default(4)
      .describe('epochs of the training of each network; what is left over is spread over the first ones'),
  })
  .readonly();
export type PopnasSettings = z.infer<typeof popnasSettingsSchema>;
