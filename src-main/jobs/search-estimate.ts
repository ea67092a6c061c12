import { useBackend } from '../compute/index.js';
import { loadReferenced } from '../datasets/library.js';
import { growthEpoch } from '../search/schedule.js';
import { searchData } from '../search/search-data.js';
import { Searcher } from '../search/searcher.js';
import { requireMemory } from './memory-need.js';
import type { SearchConfig } from '../vocabulary/run-config.js';

/** Steps that are timed in each phase, after one that warms up. */
const TIMED_STEPS = 2;
/** Time of a step averaged over phase 2, as a share of its first steps: probabilities become 0 and cost nothing. */
const SPARSE_SHARE = 0.6;

export interface SearchEstimate {
  readonly seconds: number;
  /** Of the first phase, net and twin together. */
  readonly imagesPerSecond: number;
  readonly stepsPerEpoch: number;
}

/**
 * Measures a few steps of both phases on the real data and estimates the seconds of the whole search.
 * @throws as `loadReferenced`, `requireMemory`
 */
export async function estimateSearch(config: SearchConfig): Promise<SearchEstimate> {
  const backend = await useBackend(config.backend, { threads: config.threads });
  const dataset = await loadReferenced(config.dataset);
  if (backend.name === 'native') requireMemory(config, dataset.size);
  const first = Searcher.create(config, searchData(dataset, config.batch, config.seed, null));
  const one = await stepSeconds(first);
  const snapshot = await first.snapshot();
  first.dispose();
  const growth = growthEpoch(config.epochs);
  const grown = { ...snapshot, values: { ...snapshot.values, epoch: Math.min(growth, config.epochs - 1), step: 0 } };
  const second = Searcher.restore(config, searchData(dataset, config.batch, config.seed, grown), grown);
  const two = await stepSeconds(second);
  second.dispose();
  const { stepsPerEpoch } = first;
  const phaseTwo = Math.max(0, config.epochs - growth) * (config.sparse ? SPARSE_SHARE : 1);
  return {
    seconds: stepsPerEpoch * (growth * one + phaseTwo * two),
    imagesPerSecond: (2 * config.batch) / one,
    stepsPerEpoch,
  };
}

async function stepSeconds(searcher: Searcher): Promise<number> {
  await searcher.advance();
  const start = performance.now();
  for (let i = 0; i < TIMED_STEPS; i++) await searcher.advance();
  return (performance.now() - start) / 1000 / TIMED_STEPS;
}
