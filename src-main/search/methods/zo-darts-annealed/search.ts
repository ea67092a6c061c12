import type { Snapshot } from '../../../compute/snapshot.js';
import type { Search, SearchProblem } from '../../method.js';
import { SPARSEMAX } from '../../sparsemax.js';
import { ZerothOrderSearch } from '../../zeroth-order-search.js';
import { temperatureAt } from '../zo-darts/schedule.js';
import type { ZoDartsAnnealedSettings } from './settings.js';

/** @throws UserError `checkpoint-content` */
export function openZoDartsPlus(
  problem: SearchProblem,
  { architectureLearningRate }: ZoDartsAnnealedSettings,
  saved: Snapshot | null,
): Search {
  const temperature = (epoch: number, epochs: number): number => temperatureAt(epoch, epochs, 'steps');
  return ZerothOrderSearch.open(problem, { relaxation: SPARSEMAX, architectureLearningRate, temperature }, saved);
}
