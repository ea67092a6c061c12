import type { SearchMethod } from '../../method.js';
import { supernetDescription } from '../../supernet-trace.js';
import { milenasSettingsSchema, type MilenasSettings } from './settings.js';

/**
 * MiLeNAS of the first order (He et al. 2020, arXiv 2003.12238): one level for both halves. A fault of published code that is
 * not repeated: the architecture moves before the weights do, so that ∂L_train is not that of a batch which they have just
 * been fitted to.
 */
export const milenas: SearchMethod<MilenasSettings> = {
  id: 'milenas',
  label: 'MiLeNAS',
  settings: milenasSettingsSchema,
  trace: supernetDescription,
  open: async (problem, settings, saved) => (await import('./search.js')).openMilenas(problem, settings, saved),
};
