import { useBackend } from '../compute/index.js';
import { loadReferenced } from '../datasets/library.js';
import type { Measured } from '../search/method.js';
import { searchMethod } from '../search/methods/registry.js';
import { requireMemory } from './memory-need.js';
import { measureRace } from './race-phase.js';
import type { SearchConfig } from '../vocabulary/run-config.js';
import { searchProblem } from './search-problem.js';

/**
 * Measures a few steps on the real data and estimates the seconds of the whole search, and of its race by steps of its own.
 * @throws as `loadReferenced`, `requireMemory`
 */
export async function estimateSearch(config: SearchConfig): Promise<Measured> {
  const backend = await useBackend(config.backend, { threads: config.threads });
  const dataset = await loadReferenced(config.dataset);
  if (backend.name === 'native') requireMemory(config, dataset.size);
  const measured = await searchMethod(config.method).measure(searchProblem(config, dataset), config.settings);
  if (config.race === null) return measured;
  return { ...measured, seconds: measured.seconds + (await measureRace(config, dataset)) };
}
