import type { SearchMethod } from '../../method.js';
import { supernetDescription } from '../../supernet-trace.js';
import { measureSteps } from '../measure-steps.js';
import { pcDartsSettingsSchema, type PcDartsSettings } from './settings.js';

/**
 * PC-DARTS (Xu et al. 2020, arXiv 1907.05737): partial channel connections, edge normalisation, an architecture of the first
 * order that rests at the start. On this space a node keeps all its edges, so edge weights decide by how they change the odds of an
 * edge against `none` (`edge-weights.ts`), which is our rule. Faults of published code that are not repeated: edge weights get a
 * gradient, and they take part in what is chosen (there they multiply all operations of an edge and change no choice).
 */
export const pcDarts: SearchMethod<PcDartsSettings> = {
  id: 'pc-darts',
  label: 'PC-DARTS',
  settings: pcDartsSettingsSchema,
  trace: supernetDescription,
  open: async (problem, settings, saved) => (await import('./search.js')).PcDartsSearch.start(problem, settings, saved),
  // the first steps leave the architecture alone: here all of them are as the later ones
  measure: async (problem, settings) => {
    const { PcDartsSearch } = await import('./search.js');
    return measureSteps(problem, () => Promise.resolve(PcDartsSearch.start(problem, { ...settings, warmup: 0 }, null)));
  },
};
