import { argmax } from '../argmax.js';
import type { Random } from '../compute/random.js';
import {
  EDGES_PER_STAGE,
  GENOTYPE_OPERATIONS,
  STAGES,
  type Genotype,
  type SpaceSettings,
} from '../vocabulary/space.js';
import { depthProbabilities, edgeProbabilities, type ArchitectureTable } from './architecture-table.js';

/** The most probable choice of every edge and depth, whatever its size and connections. */
export function argmaxGenotype(space: SpaceSettings, probabilities: ArchitectureTable): Genotype {
  return buildGenotype(space, probabilities, argmax);
}

/** One architecture drawn from the probabilities, as it is drawn: edges that lead nowhere keep their operation. */
export function sampleGenotype(space: SpaceSettings, probabilities: ArchitectureTable, random: Random): Genotype {
  return buildGenotype(space, probabilities, (p) => {
    let left = random.uniform() * p.reduce((a, b) => a + b, 0);
    let last = 0;
    for (const [i, value] of p.entries()) {
      if (value <= 0) continue;
      last = i;
      left -= value;
      if (left < 0) return i;
    }
    return last;
  });
}

function buildGenotype(
  space: SpaceSettings,
  probabilities: ArchitectureTable,
  choose: (p: number[]) => number,
): Genotype {
  return {
    stages: Array.from({ length: STAGES }, (_, stage) => {
      const depth = 1 + choose(depthProbabilities(probabilities, stage, space.cells));
      const operations = Array.from({ length: EDGES_PER_STAGE }, (_, edge) => {
        const row = edgeProbabilities(probabilities, stage * EDGES_PER_STAGE + edge);
        return GENOTYPE_OPERATIONS[choose(row)]!;
      });
      return { depth, operations };
    }),
  };
}
