import { useBackend } from '../compute/index.js';
import { loadReferenced } from '../datasets/library.js';
import { searchMethod } from '../search/methods/registry.js';
import type { Door } from './door.js';
import { measureRace } from './race-phase.js';
import { foreseenNeeds } from './run-needs.js';
import { backendOf, type SearchConfig } from '../vocabulary/run-config.js';
import { searchProblem } from './search-problem.js';
import type { PaceEstimate } from './tasks.js';

/**
 * Measures a few steps on the real data and estimates the seconds of the whole search, and of its race by steps of its own.
 * @param place `home`: data folder; `door`: where the answer is read
 * @throws as `loadReferenced`, `foreseenNeeds`
 */
export async function estimateSearch(
  config: SearchConfig,
  { home, door }: { readonly home: string; readonly door: Door },
): Promise<PaceEstimate> {
  const backend = await useBackend(backendOf(config), { threads: config.threads });
  const dataset = await loadReferenced(config.dataset);
  const needs = foreseenNeeds({ config, size: dataset.size, backend: backend.name, folder: home, door });
  const measured = await searchMethod(config.method).measure(searchProblem(config, dataset), config.settings);
  const race = config.race === null ? 0 : await measureRace(config, dataset);
  return { ...measured, seconds: measured.seconds + race, needs };
}
