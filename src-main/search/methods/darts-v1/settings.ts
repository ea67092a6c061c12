import { z } from 'zod';

export const dartsV1SettingsSchema = z
  .strictObject({
    relaxation: z
      .enum(['softmax', 'sparsemax'])
      .default('softmax')
      .describe('how scores become probabilities; sparsemax skips choices with probability 0'),
    architectureLearningRate: z.number().gt(0).max(1).default(3e-4).describe('learning rate of Adam on α, β, γ'),
  })
  .readonly();
export type DartsV1Settings = z.infer<typeof dartsV1SettingsSchema>;
