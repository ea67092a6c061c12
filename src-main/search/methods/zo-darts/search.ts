import type { Snapshot } from '../../../compute/snapshot.js';
import type { Search, SearchProblem } from '../../method.js';
import { SOFTMAX } from '../../softmax.js';
import { ZerothOrderSearch } from '../../zeroth-order-search.js';
import type { ZoDartsSettings } from './settings.js';

/** @throws UserError `checkpoint-content` */
export function openZoDarts(
  problem: SearchProblem,
  { architectureLearningRate }: ZoDartsSettings,
  saved: Snapshot | null,
): Search {
  return ZerothOrderSearch.open(problem, { relaxation: SOFTMAX, architectureLearningRate, temperature: null }, saved);
}
