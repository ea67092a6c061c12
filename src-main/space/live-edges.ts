import { EDGES, type Genotype, type GenotypeOperation } from '../vocabulary/space.js';

type Operations = readonly GenotypeOperation[];

/** Of the edges that are there, those that carry something from node 0 to node 3. */
export function liveOf(present: readonly boolean[]): boolean[] {
  const reached = [true, false, false, false];
  EDGES.forEach(([target, source], edge) => {
    if (reached[source] && present[edge]) reached[target] = true;
  });
  const needed = [false, false, false, true];
  for (let edge = EDGES.length - 1; edge >= 0; edge--) {
    const [target, source] = EDGES[edge]!;
    if (needed[target] && present[edge]) needed[source] = true;
  }
  return EDGES.map(([target, source], edge) => reached[source]! && needed[target]! && present[edge]!);
}

/** Which edges of a cell carry something from node 0 to node 3. */
export function liveEdges(operations: Operations): readonly boolean[] {
  return liveOf(operations.map((operation) => operation !== 'none'));
}

/** Whether node 3 can be reached from node 0 through operations other than `none`. */
export function isConnected(operations: Operations): boolean {
  return liveEdges(operations).some((live) => live);
}

/**
 * The architecture that is built: edges that lead nowhere are `none`. Two genotypes with the same live genotype are the
 * same network.
 */
export function liveGenotype(genotype: Genotype): Genotype {
  return {
    stages: genotype.stages.map(({ depth, operations }) => {
      const live = liveEdges(operations);
      return { depth, operations: operations.map((operation, edge) => (live[edge] ? operation : 'none')) };
    }),
  };
}

/** A name of the network that is built: equal for two genotypes exactly when their live genotypes are equal. */
export function genotypeKey(genotype: Genotype): string {
  return JSON.stringify(liveGenotype(genotype).stages.map(({ depth, operations }) => [depth, ...operations]));
}
