import type { SearchMethod } from '../../method.js';
import { sequentialTrace } from '../../sequential-trace.js';
import { evolutionSettingsSchema, type EvolutionSettings } from './settings.js';

/**
 * Regularised evolution (Real et al. 2019, arXiv 1802.01548): the best of a tournament has a child that differs in one choice,
 * and the oldest network leaves. Population 10 and tournaments of 3 as NAS-Bench-201 (arXiv 2001.00326) has them on a space of this
 * kind; four epochs a network are ours. No network is trained twice, and all of them lie within the budget.
 */
export const evolution: SearchMethod<EvolutionSettings> = {
  id: 'evolution',
  label: 'Regularised evolution',
  settings: evolutionSettingsSchema,
  // as for random search: an epoch of one network costs about a tenth of one of the supernet and its twin
  relativeEpochs: 10,
  trace: () => sequentialTrace,
  open: async (problem, settings, saved) => (await import('./search.js')).openEvolution(problem, settings, saved),
};
