import type { Budget } from '../vocabulary/budget.js';
import { EDGES_PER_STAGE, STAGES, stageChannels, type SpaceSettings } from '../vocabulary/space.js';
import { operationCosts } from './live-cells.js';
import { fixedParameters } from './parameter-count.js';

/** What a space can reach around a budget. */
export interface ReachableCounts {
  /** Whether an architecture has a count inside the budget. */
  readonly inside: boolean;
  /** Largest reachable count that is below the budget's lower end, null when there is none. */
  readonly below: number | null;
  /** Smallest reachable count above the budget's upper end, null when there is none. */
  readonly above: number | null;
}

/**
 * Which parameter counts the space reaches inside and next to a budget, exact, without looking at architectures: a stage
 * reaches depth × (any sum of at most six operations' costs), a network the sums of its three stages. Milliseconds.
 */
export function reachableCounts(space: SpaceSettings, budget: Budget): ReachableCounts {
  const fixed = fixedParameters(space);
  const [first, second, third] = Array.from({ length: STAGES }, (_, stage) => stageCounts(space, stage));
  let below = -Infinity;
  let atLeastLower = Infinity;
  let above = Infinity;
  for (const a of first!) {
    // As b grows, the first c that lifts the sum over a bound moves down only.
    let lowest = third!.length;
    let highest = third!.length;
    for (const b of second!) {
      const sum = fixed + a + b;
      while (lowest > 0 && sum + third![lowest - 1]! >= budget.lower) lowest--;
      while (highest > 0 && sum + third![highest - 1]! > budget.upper) highest--;
      if (lowest > 0) below = Math.max(below, sum + third![lowest - 1]!);
      if (lowest < third!.length) atLeastLower = Math.min(atLeastLower, sum + third![lowest]!);
      if (highest < third!.length) above = Math.min(above, sum + third![highest]!);
    }
  }
  const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return { inside: atLeastLower <= budget.upper, below: known(below), above: known(above) };
}

/** Every count that the cells of one stage can have together, ascending. */
function stageCounts(space: SpaceSettings, stage: number): number[] {
  const costs = new Set(operationCosts(stageChannels(space, stage)));
  let cells = new Set([0]);
  for (let edge = 0; edge < EDGES_PER_STAGE; edge++) {
    cells = new Set([...cells].flatMap((sum) => [...costs].map((cost) => sum + cost)));
  }
  const counts = new Set<number>();
  for (let depth = 1; depth <= space.cells; depth++) for (const cell of cells) counts.add(depth * cell);
  return [...counts].sort((a, b) => a - b);
}
