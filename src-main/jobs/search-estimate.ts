import { useBackend } from '../compute/index.js';
import { loadReferenced } from '../datasets/library.js';
import type { Measured } from '../search/method.js';
import { searchMethod } from '../search/methods/registry.js';
import type { SearchConfig } from '../vocabulary/run-config.js';
import { searchProblem } from './search-problem.js';

/** Measures a few steps on the real data and estimates the seconds of the whole search with its race. @throws as `loadReferenced` */
export async function estimateSearch(config: SearchConfig): Promise<Measured> {
  await useBackend(config.backend, { threads: config.threads });
  const problem = searchProblem(config, await loadReferenced(config.dataset));
  const measured = await searchMethod(config.method).measure(problem, config.settings);
  return { ...measured, seconds: measured.seconds * (1 + (config.race?.share ?? 0)) };
}
