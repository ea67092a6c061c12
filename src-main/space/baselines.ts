import type { Budget } from '../vocabulary/budget.js';
import { STAGES, type Genotype, type GenotypeOperation, type SpaceSettings } from '../vocabulary/space.js';
import { countParameters } from './parameter-count.js';

/** An architecture that a person would draw, with the word that names it everywhere. */
export interface Baseline {
  readonly source: 'empty' | 'chain' | 'residual';
  readonly label: string;
  readonly genotype: Genotype;
}

const everyStage = (depth: number, operations: readonly GenotypeOperation[]): Genotype => ({
  stages: Array.from({ length: STAGES }, () => ({ depth, operations })),
});

/** No cell at all: node 0 is node 3, depth 1. What is left are stem, reductions and classifier. */
export const EMPTY: Baseline = {
  source: 'empty',
  label: 'no cells',
  genotype: everyStage(1, ['none', 'none', 'none', 'skip_connect', 'none', 'none']),
};

/**
 * The baselines of a budget: no cells (even when it lies outside: it says what cells bring), and at the largest depth that
 * fits inside each of a chain of 3×3 and of 5×5 (convolutions on 1←0, 2←1, 3←2, skips elsewhere) and one basic residual
 * block (3×3 on 1←0 and 3←1, skip 3←0).
 */
export function baselines(space: SpaceSettings, budget: Budget): Baseline[] {
  const chain = (k: 'conv_3x3' | 'conv_5x5') => [k, 'skip_connect', k, 'skip_connect', 'skip_connect', k] as const;
  const block = ['conv_3x3', 'none', 'none', 'skip_connect', 'conv_3x3', 'none'] as const;
  const drawn = [
    { source: 'chain', label: 'chain of 3×3', operations: chain('conv_3x3') },
    { source: 'chain', label: 'chain of 5×5', operations: chain('conv_5x5') },
    { source: 'residual', label: 'residual blocks', operations: block },
  ] as const;
  return [
    EMPTY,
    ...drawn.flatMap(({ source, label, operations }): Baseline[] => {
      const genotype = deepest(space, budget, operations);
      return genotype ? [{ source, label, genotype }] : [];
    }),
  ];
}

function deepest(space: SpaceSettings, budget: Budget, operations: readonly GenotypeOperation[]): Genotype | null {
  for (let depth = space.cells; depth >= 1; depth--) {
    const genotype = everyStage(depth, operations);
    const parameters = countParameters(space, genotype);
    if (budget.lower <= parameters && parameters <= budget.upper) return genotype;
  }
  return null;
}
