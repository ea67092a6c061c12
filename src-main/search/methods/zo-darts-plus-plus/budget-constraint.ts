import type { Budget } from '../../../vocabulary/budget.js';
import type { SpaceSettings } from '../../../vocabulary/space.js';
import type { Architecture } from '../../architecture.js';
import { expectedParameters } from '../../expected-parameters.js';
import { dot } from '../../zeroth-order-round.js';

/** Newton steps at most; two or three are usual, because P is multilinear and sparsemax piecewise linear. */
const MOST_STEPS = 50;
/** Share of the upper end below which the expected count may not fall: what is cheap is learned first, and a search that may shrink for ever does. */
const LEAST_SHARE = 0.65;
/** Share of the epochs after growth in which the bounds come down to the budget. */
const DESCENT = 0.3;

/**
 * The budget as a constraint outside Adam, as AdamW keeps decay outside: after the step that the loss took, `a` moves along
 * ∂P/∂a, by the least distance to first order, until P(a) lies inside the bounds. The loss keeps every direction that does
 * not change the count. Changes `architecture.vector` in place.
 */
export function moveInside(
  space: SpaceSettings,
  bounds: Budget,
  architecture: Architecture,
  temperature: number,
): void {
  const { vector } = architecture;
  for (let step = 0; step < MOST_STEPS; step++) {
    const probabilities = architecture.probabilities(temperature);
    const { value, gradient } = expectedParameters(space, probabilities);
    if (bounds.lower <= value && value <= bounds.upper) return;
    const slope = architecture.gradient(probabilities, gradient, temperature);
    const square = dot(slope, slope);
    // every row has one choice left: nothing moves P any more
    if (square === 0) return;
    const distance = (value - (value > bounds.upper ? bounds.upper : bounds.lower)) / square;
    slope.forEach((g, i) => (vector[i]! -= distance * g));
  }
}

/**
 * What P(a) must keep to at a moment of the search. At growth a supernet expects many times the budget; bounds that came down
 * at once would decide everything before the loss has said anything, so the upper one comes down by equal factors.
 * @param atGrowth P(a) when the supernet grew  @param progress share of the epochs after growth that is done, 0..1
 */
export function boundsAt(budget: Budget, reachable: Budget, atGrowth: number, progress: number): Budget {
  const goal = Math.min(budget.upper, reachable.upper);
  const part = Math.min(1, progress / DESCENT);
  const upper = atGrowth > goal ? atGrowth * (goal / atGrowth) ** part : goal;
  // a budget that is no limit asks for no size
  const least = budget.upper < reachable.upper ? LEAST_SHARE * upper : reachable.lower;
  return { lower: Math.min(upper, Math.max(budget.lower, least)), upper };
}
