import type { ArchitectureTable } from '../../../space/architecture-table.js';
import type { Budget } from '../../../vocabulary/budget.js';
import type { SpaceSettings } from '../../../vocabulary/space.js';
import type { Architecture } from '../../architecture.js';
import { expectedParameters } from '../../expected-parameters.js';
import { projected } from './round.js';
import type { ZoDartsPlusPlusSettings } from './settings.js';

/** Weight of the penalty at temperature T: λ = 15/T (arXiv 2503.06092). */
export function penaltyWeight(temperature: number): number {
  return 15 / temperature;
}

/**
 * λ · ∂penalty/∂a with penalty = (max(0, P − upper) + max(0, lower − P)) / 1e6, in closed form.
 * @returns a vector as long as `architecture.vector`; zeros while P is inside the budget
 */
export function penaltyGradient(
  space: SpaceSettings,
  budget: Budget,
  architecture: Architecture,
  probabilities: ArchitectureTable,
  temperature: number,
): Float64Array {
  const { value, gradient } = expectedParameters(space, probabilities);
  const slope = value > budget.upper ? 1 : value < budget.lower ? -1 : 0;
  const scale = (slope * penaltyWeight(temperature)) / 1e6;
  return architecture.gradient(probabilities, gradient, temperature).map((g) => g * scale);
}

/** What the budget adds to the gradient of the loss; a constraint adds nothing. @param direction u of the round */
export function budgetGradient(
  term: ZoDartsPlusPlusSettings['budgetTerm'],
  penalty: Float64Array,
  direction: Float64Array,
): Float64Array {
  switch (term) {
    case 'published':
      return projected(penalty, direction);
    case 'exact':
      return penalty;
    case 'constraint':
      return penalty.map(() => 0);
  }
}
