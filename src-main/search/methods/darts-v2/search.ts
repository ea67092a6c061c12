import type { Snapshot } from '../../../compute/snapshot.js';
import { GradientSearch, type GradientRule } from '../../gradient-search.js';
import type { Search, SearchProblem } from '../../method.js';
import { SOFTMAX } from '../../softmax.js';
import type { DartsV2Settings } from './settings.js';
import { unrolledGradient } from './unrolled-gradient.js';

/** @throws UserError `checkpoint-content` */
export function openDartsV2(
  problem: SearchProblem,
  { architectureLearningRate }: DartsV2Settings,
  saved: Snapshot | null,
): Search {
  const rule: GradientRule = {
    relaxation: SOFTMAX,
    architectureLearningRate,
    batches: { training: 4, validation: 1 },
    gradient: unrolledGradient,
  };
  return GradientSearch.open(problem, rule, saved);
}
