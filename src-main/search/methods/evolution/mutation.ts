import type { Random } from '../../../compute/random.js';
import { insideBudget } from '../../../space/inside-budget.js';
import { genotypeKey, isConnected } from '../../../space/live-edges.js';
import { countParameters } from '../../../space/parameter-count.js';
import type { Budget } from '../../../vocabulary/budget.js';
import { GENOTYPE_OPERATIONS, type Genotype, type SpaceSettings } from '../../../vocabulary/space.js';

/** Changes that build the same network, one after the other, until it is given up. */
const SILENT_CHANGES = 64;

/** Every connected genotype of the budget that differs from this one in one choice: the operation of an edge, or a depth. */
export function neighbours(space: SpaceSettings, budget: Budget, genotype: Genotype): Genotype[] {
  const withStage = (s: number, changes: Partial<Genotype['stages'][number]>): Genotype => ({
    stages: genotype.stages.map((stage, i) => (i === s ? { ...stage, ...changes } : stage)),
  });
  return genotype.stages
    .flatMap(({ depth, operations }, s) => {
      const depths = Array.from({ length: space.cells }, (_, i) => i + 1).filter((other) => other !== depth);
      const edges = operations.flatMap((operation, edge) =>
        GENOTYPE_OPERATIONS.filter((other) => other !== operation).map((other) =>
          withStage(s, { operations: operations.with(edge, other) }),
        ),
      );
      return [...depths.map((other) => withStage(s, { depth: other })), ...edges];
    })
    .filter((other) => other.stages.every(({ operations }) => isConnected(operations)))
    .filter((other) => insideBudget(budget, countParameters(space, other)));
}

/**
 * A genotype that differs from its parent in one choice. Changes on edges that lead nowhere build the same network: they
 * stay, and another one is made, until the network is a new one.
 * @param known keys of networks that it may not be  @returns null when none is found
 */
export function mutated(
  space: SpaceSettings,
  budget: Budget,
  parent: Genotype,
  known: ReadonlySet<string>,
  random: Random,
): Genotype | null {
  const own = genotypeKey(parent);
  let genotype = parent;
  for (let i = 0; i < SILENT_CHANGES; i++) {
    const open = neighbours(space, budget, genotype).filter((other) => {
      const key = genotypeKey(other);
      return key === own || !known.has(key);
    });
    if (open.length === 0) return null;
    genotype = open[random.integer(open.length)]!;
    if (genotypeKey(genotype) !== own) return genotype;
  }
  return null;
}
