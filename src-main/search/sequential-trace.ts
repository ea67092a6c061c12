import type { TraceDescription } from '../vocabulary/trace.js';

/** What a sequential search records. */
export const sequentialTrace: TraceDescription = {
  series: [
    { name: 'networks', label: 'Networks trained', format: { decimals: 0 }, draw: 'figure' },
    { name: 'expectedParameters', label: 'Parameters of the best network', format: 'count', draw: 'line' },
    { name: 'bestScore', label: 'Best validation AUC', format: { decimals: 3 }, draw: 'line' },
  ],
  tables: [],
};
