import { z } from 'zod';

export const dartsV2SettingsSchema = z
  .strictObject({
    architectureLearningRate: z.number().gt(0).max(1).default(3e-4).describe('learning rate of Adam on α, β, γ'),
  })
  .readonly();
export type DartsV2Settings = z.infer<typeof dartsV2SettingsSchema>;
