import type { SearchMethod } from '../../method.js';
import { supernetDescription } from '../../supernet-trace.js';
import { dartsV2SettingsSchema, type DartsV2Settings } from './settings.js';

/**
 * DARTS of the second order (Liu, Simonyan, Yang 2019, arXiv 1806.09055, eq. 7 and 8), ξ being the learning rate of the
 * weights. Faults of published code that are not repeated: the weights are not moved by ±ε and back, which leaves them changed
 * in their last bits, and no momentum is dropped in silence where it cannot be read. As eq. 7 is written, the unrolled step has
 * neither momentum nor decay nor clipping, which the step of the weights has.
 */
export const dartsV2: SearchMethod<DartsV2Settings> = {
  id: 'darts-v2',
  label: 'DARTS, second order',
  settings: dartsV2SettingsSchema,
  trace: supernetDescription,
  open: async (problem, settings, saved) => (await import('./search.js')).openDartsV2(problem, settings, saved),
};
