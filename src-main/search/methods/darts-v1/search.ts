import type { Snapshot } from '../../../compute/snapshot.js';
import { gradientOn, GradientSearch, type GradientRule } from '../../gradient-search.js';
import type { Search, SearchProblem } from '../../method.js';
import { SOFTMAX } from '../../softmax.js';
import { SPARSEMAX } from '../../sparsemax.js';
import type { DartsV1Settings } from './settings.js';

/** The architecture moves by ∂L/∂a on its half. @throws UserError `checkpoint-content` */
export function openDartsV1(problem: SearchProblem, settings: DartsV1Settings, saved: Snapshot | null): Search {
  const rule: GradientRule = {
    relaxation: settings.relaxation === 'softmax' ? SOFTMAX : SPARSEMAX,
    architectureLearningRate: settings.architectureLearningRate,
    batches: { training: 1, validation: 1 },
    gradient: (inputs) => gradientOn(inputs, inputs.net, inputs.validation),
  };
  return GradientSearch.open(problem, rule, saved);
}
