import type { SearchMethod } from '../../method.js';
import { sequentialTrace } from '../../sequential-trace.js';
import { popnasSettingsSchema, type PopnasSettings } from './settings.js';

/**
 * POPNASv3 (Falanti et al. 2022, arXiv 2212.06735) on this space: one cell for all stages grows edge by edge; what each generation
 * trains is taken from the Pareto front of predicted accuracy and cost, with an exploration step. Different here: the cost is
 * the number of multiply-accumulates, which is known, where the paper predicts a time that is measured, because
 * measured times would make results depend on what else a machine does; accuracy is predicted by the ridge regression of the race;
 * depths grow too, one cell at a time; all networks lie within the budget; sizes of generations follow from the epochs.
 */
export const popnas: SearchMethod<PopnasSettings> = {
  id: 'popnas',
  label: 'POPNAS',
  settings: popnasSettingsSchema,
  // as for random search: an epoch of one network costs about a tenth of one of the supernet and its twin
  relativeEpochs: 10,
  trace: () => sequentialTrace,
  open: async (problem, settings, saved) => (await import('./search.js')).openPopnas(problem, settings, saved),
};
