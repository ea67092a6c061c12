import { z } from 'zod';

export const evolutionSettingsSchema = z
  .strictObject({
    population: z.int().min(2).max(1024).default(10).describe('networks that may have children, the youngest ones'),
    sample: z
      .int()
      .min(1)
      .max(1024)
      .default(3)
      .describe('networks of a tournament: drawn from the population, the best one has a child'),
    trainingEpochs: z
      .int()
      .min(1)
      .max(1000)
      .default(4)
      .describe('epochs of the training of each network; what is left over is spread over the first ones'),
  })
  .readonly();
export type EvolutionSettings = z.infer<typeof evolutionSettingsSchema>;
