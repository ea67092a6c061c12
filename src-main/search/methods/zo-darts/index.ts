import type { SearchMethod } from '../../method.js';
import { supernetDescription } from '../../supernet-trace.js';
import { zoDartsSettingsSchema, type ZoDartsSettings } from './settings.js';

/**
 * ZO-DARTS (Xie et al., ICASSP 2023): softmax, rounds of ten steps, the architecture along one direction a round, no budget in
 * the loss. On this space kernels and depths are mixed from the start, and the budget acts on what is chosen in the end.
 * Faults of published code that are not repeated: the twin begins each round with the momenta of the net instead of none, by the
 * same rule of Nesterov, so that the two differ by the perturbation alone; SGD moves only its weights, not its architecture;
 * steps that are left over at the end of an epoch belong to a round too; μ is at least 1e-3, below which the differences of the
 * weights drown in their rounding.
 */
export const zoDarts: SearchMethod<ZoDartsSettings> = {
  id: 'zo-darts',
  label: 'ZO-DARTS',
  settings: zoDartsSettingsSchema,
  trace: supernetDescription,
  open: async (problem, settings, saved) => (await import('./search.js')).openZoDarts(problem, settings, saved),
};
