import { EDGES, type Genotype } from '../vocabulary/space.js';

/** One line: depth of each stage and its operations that are not `none`, as target←source operation. */
export function describeGenotype(genotype: Genotype): string {
  return genotypeLines(genotype).join(' | ');
}

/** One line a stage. */
export function genotypeLines(genotype: Genotype): string[] {
  return genotype.stages.map(({ depth, operations }) => {
    const edges = operations.flatMap((operation, edge) => {
      const [target, source] = EDGES[edge]!;
      return operation === 'none' ? [] : [`${target}←${source} ${operation}`];
    });
    return `${depth} × (${edges.join(', ')})`;
  });
}
