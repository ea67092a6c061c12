import type { Dataset } from '../datasets/dataset.js';
import type { SearchProblem } from '../search/method.js';
import type { SearchConfig } from '../vocabulary/run-config.js';

/** What a configuration asks of a method; the test part stays out. */
export function searchProblem(config: SearchConfig, dataset: Dataset): SearchProblem {
  const { space, budget, epochs, batch, seed, sparse } = config;
  const { train, val } = dataset.parts;
  return { dataset: { ...dataset, parts: { train, val } }, space, budget, epochs, batch, seed, sparse };
}
