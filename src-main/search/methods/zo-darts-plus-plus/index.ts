import type { SearchMethod } from '../../method.js';
import { supernetDescription } from '../../supernet-trace.js';
import { AS_PUBLISHED, zoDartsPlusPlusSettingsSchema, type ZoDartsPlusPlusSettings } from './settings.js';

/** ZO-DARTS++ (arXiv 2503.06092): zeroth-order rounds of a net and its twin over a sparse supernet that grows. */
export const zoDartsPlusPlus: SearchMethod<ZoDartsPlusPlusSettings> = {
  id: 'zo-darts++',
  label: 'ZO-DARTS++',
  settings: zoDartsPlusPlusSettingsSchema,
  published: AS_PUBLISHED,
  trace: (space) => {
    const { series, tables } = supernetDescription(space);
    return {
      series: [
        { name: 'phase', label: 'Phase', format: { of: 2 }, draw: 'figure' },
        { name: 'temperature', label: 'Temperature T', format: { decimals: 3 }, draw: 'figure' },
        ...series,
      ],
      tables,
    };
  },
  open: async (problem, settings, saved) =>
    (await import('./search.js')).ZoDartsPlusPlusSearch.open(problem, settings, saved),
  measure: async (problem, settings) => (await import('./measure.js')).measurePhases(problem, settings),
};
