import type { Snapshot } from '../../../compute/snapshot.js';
import { gradientOn, GradientSearch, type ArchitectureGradient, type GradientInputs } from '../../gradient-search.js';
import type { Search, SearchProblem } from '../../method.js';
import { SOFTMAX } from '../../softmax.js';
import type { MilenasSettings } from './settings.js';

/** @throws UserError `checkpoint-content` */
export function openMilenas(
  problem: SearchProblem,
  { architectureLearningRate, validationWeight }: MilenasSettings,
  saved: Snapshot | null,
): Search {
  const rule = {
    relaxation: SOFTMAX,
    architectureLearningRate,
    batches: { training: 2, validation: 1 },
    gradient: (inputs: GradientInputs) => mixedLevelGradient(inputs, validationWeight),
  };
  return GradientSearch.open(problem, rule, saved);
}

/** ∂L_train/∂a + λ·∂L_val/∂a. */
export async function mixedLevelGradient(
  inputs: GradientInputs,
  validationWeight: number,
): Promise<ArchitectureGradient> {
  const { net, training, validation } = inputs;
  const lower = await gradientOn(inputs, net, training);
  const upper = await gradientOn(inputs, net, validation);
  return { ...upper, gradient: lower.gradient.map((g, i) => g + validationWeight * upper.gradient[i]!) };
}
