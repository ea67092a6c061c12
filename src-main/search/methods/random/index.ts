import type { SearchMethod } from '../../method.js';
import { randomSettingsSchema, type RandomSettings } from './settings.js';

/** Random search with early stopping: uniform architectures of the budget, trained by successive halving. */
export const random: SearchMethod<RandomSettings> = {
  id: 'random',
  label: 'Random search',
  settings: randomSettingsSchema,
  // an epoch of one network costs about a tenth of one of the supernet and its twin
  relativeEpochs: 10,
  isBaseline: true,
  trace: () => ({
    series: [
      { name: 'networks', label: 'Networks left', format: { decimals: 0 }, draw: 'figure' },
      { name: 'expectedParameters', label: 'Parameters of the best network', format: 'count', draw: 'line' },
      { name: 'bestScore', label: 'Best validation AUC', format: { decimals: 3 }, draw: 'line' },
    ],
    tables: [],
  }),
  open: async (problem, settings, saved) => (await import('./search.js')).RandomSearch.open(problem, settings, saved),
};
