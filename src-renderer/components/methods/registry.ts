import type { Component } from 'svelte';
import type { SearchConfig } from '../../../src-main/ipc/contract.js';
import type { TermName } from '../../logic/glossary.js';
import { growthShare } from '../../logic/supernet.js';
import type { PanelProps } from './panel.js';
import SupernetPanels from './supernet/SupernetPanels.svelte';

/* What the window shows of a search beyond what every method has: here and in the folders beside it, and nowhere else. */

export interface MethodView {
  /** What is drawn of its traces beyond series; null: nothing. */
  readonly panels: Component<PanelProps> | null;
  /** Words of its series that are explained, by the name of the series. */
  readonly terms: { readonly [series: string]: TermName };
  /** Share of the epochs after which the search changes its way; null: it does not. */
  readonly turn: (config: SearchConfig) => number | null;
}

const SUPERNET: MethodView = { panels: SupernetPanels, terms: { operationsInSupport: 'support' }, turn: () => null };
const METHODS: { readonly [method: string]: MethodView } = {
  'zo-darts++': {
    panels: SupernetPanels,
    terms: { phase: 'phase', temperature: 'temperature', operationsInSupport: 'support' },
    turn: ({ epochs, settings }) => growthShare(epochs, Number(settings['warmup'] ?? 0)),
  },
  'zo-darts': SUPERNET,
  'zo-darts+': { ...SUPERNET, terms: { temperature: 'temperature', ...SUPERNET.terms } },
  'darts-v1': SUPERNET,
  'darts-v2': SUPERNET,
  milenas: SUPERNET,
  'pc-darts': { ...SUPERNET, turn: ({ settings }) => Number(settings['warmup'] ?? 0) },
};
const PLAIN: MethodView = { panels: null, terms: {}, turn: () => null };

/** A method that is not known here shows what its traces describe: series as figures and charts. */
export const methodView = (method: string): MethodView => METHODS[method] ?? PLAIN;
