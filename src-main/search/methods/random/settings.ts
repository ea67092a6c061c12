import { z } from 'zod';

export const randomSettingsSchema = z
  .strictObject({
    networks: z
      .int()
      .min(1)
      .max(1024)
      .default(64)
      .describe('largest number of networks to draw: a power of two that the epochs allow'),
  })
  .readonly();
export type RandomSettings = z.infer<typeof randomSettingsSchema>;
