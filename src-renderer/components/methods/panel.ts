import type { SearchConfig, SearchResult } from '../../../src-main/ipc/contract.js';
import type { LiveRun } from '../../state/live-run.svelte.js';

/** What the panels of a search method get. */
export interface PanelProps {
  readonly live: LiveRun;
  readonly config: SearchConfig;
  /** Null while the search goes on. */
  readonly result: SearchResult | null;
  readonly running: boolean;
  /** That is looked at; null: the newest. */
  readonly epoch: number | null;
  readonly onepoch: (epoch: number | null) => void;
}
