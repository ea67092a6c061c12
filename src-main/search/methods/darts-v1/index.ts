import { supernetDescription } from '../../supernet-trace.js';
import type { SearchMethod } from '../../method.js';
import { dartsV1SettingsSchema, type DartsV1Settings } from './settings.js';

/** DARTS of the first order (Liu, Simonyan, Yang 2019, arXiv 1806.09055, ξ = 0). */
export const dartsV1: SearchMethod<DartsV1Settings> = {
  id: 'darts-v1',
  label: 'DARTS, first order',
  settings: dartsV1SettingsSchema,
  trace: supernetDescription,
  open: async (problem, settings, saved) => (await import('./search.js')).openDartsV1(problem, settings, saved),
};
