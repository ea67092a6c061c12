import { z } from 'zod';

export const randomSettingsSchema = z
  .strictObject({
    networks: z
      .int()
      .min(1)
      .max(1024)
      .default(64)
      .describe('networks that are drawn at most: a power of two that the epochs are enough for'),
  })
  .readonly();
export type RandomSettings = z.infer<typeof randomSettingsSchema>;
