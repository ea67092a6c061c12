import type { Snapshot } from '../../../compute/snapshot.js';
import type { Search, SearchProblem } from '../../method.js';
import { SPARSEMAX } from '../../sparsemax.js';
import { ZerothOrderSearch } from '../../zeroth-order-search.js';
import { temperatureAt } from '../zo-darts-plus-plus/schedule.js';
import type { ZoDartsPlusSettings } from './settings.js';

/** @throws UserError `checkpoint-content` */
export function openZoDartsPlus(
  problem: SearchProblem,
  { architectureLearningRate }: ZoDartsPlusSettings,
  saved: Snapshot | null,
): Search {
  const temperature = (epoch: number, epochs: number): number => temperatureAt(epoch, epochs, 'steps');
  return ZerothOrderSearch.open(problem, { relaxation: SPARSEMAX, architectureLearningRate, temperature }, saved);
}
