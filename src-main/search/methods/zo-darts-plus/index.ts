import type { SearchMethod } from '../../method.js';
import { supernetDescription } from '../../supernet-trace.js';
import { zoDartsPlusSettingsSchema, type ZoDartsPlusSettings } from './settings.js';

/**
 * ZO-DARTS+ (Xie et al., ESANN 2024): ZO-DARTS with sparsemax(a/T), T falling from 1.5 by a quarter after every tenth of the
 * epochs. Space, budget and the faults of published code that are not repeated: as in `zo-darts`.
 */
export const zoDartsPlus: SearchMethod<ZoDartsPlusSettings> = {
  id: 'zo-darts+',
  label: 'ZO-DARTS+',
  settings: zoDartsPlusSettingsSchema,
  trace: (space) => {
    const { series, tables } = supernetDescription(space);
    const temperature = {
      name: 'temperature',
      label: 'Temperature T',
      format: { decimals: 3 },
      draw: 'figure',
    } as const;
    return { series: [temperature, ...series], tables };
  },
  open: async (problem, settings, saved) => (await import('./search.js')).openZoDartsPlus(problem, settings, saved),
};
