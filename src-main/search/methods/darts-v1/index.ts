import { z } from 'zod';
import { supernetDescription } from '../../supernet-trace.js';
import type { SearchMethod } from '../method.js';

const dartsV1SettingsSchema = z
  .strictObject({
    relaxation: z
      .enum(['softmax', 'sparsemax'])
      .default('softmax')
      .describe('how scores become probabilities; sparsemax leaves out what has probability 0'),
    architectureLearningRate: z.number().gt(0).max(1).default(3e-4).describe('learning rate of Adam on α, β, γ'),
  })
  .readonly();
export type DartsV1Settings = z.infer<typeof dartsV1SettingsSchema>;

/** DARTS of the first order (Liu, Simonyan, Yang 2019, arXiv 1806.09055, ξ = 0). */
export const dartsV1: SearchMethod<DartsV1Settings> = {
  id: 'darts-v1',
  label: 'DARTS, first order',
  settings: dartsV1SettingsSchema,
  trace: supernetDescription,
  open: async (problem, settings, saved) => (await import('./search.js')).DartsV1Search.open(problem, settings, saved),
};
