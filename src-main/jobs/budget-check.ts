import { count } from '../number-text.js';
import { reachableCounts } from '../space/reachable-counts.js';
import type { Budget } from '../vocabulary/budget.js';
import type { SpaceSettings } from '../vocabulary/space.js';

/** Why no network of the space has a count inside the budget, with the nearest that exist; null when one has. */
export function unmetBudget(space: SpaceSettings, budget: Budget): string | null {
  const { inside, below, above } = reachableCounts(space, budget);
  if (inside) return null;
  const nearest = [below === null ? '' : `${count(below)} below`, above === null ? '' : `${count(above)} above`].filter(
    Boolean,
  );
  const cells = `${space.cells} ${space.cells === 1 ? 'cell' : 'cells'} per stage`;
  return (
    `no network of this space (${space.channels} channels, ${cells}) has ${count(budget.lower)} to ${count(budget.upper)} ` +
    `parameters; the nearest ${nearest.length === 1 ? 'is' : 'are'} ${nearest.join(' and ')}: widen the budget, or ` +
    'change the channels or the cells per stage'
  );
}
