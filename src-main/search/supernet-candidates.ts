import { createRandom } from '../compute/random.js';
import type { ArchitectureTable } from '../space/architecture-table.js';
import { insideBudget } from '../space/inside-budget.js';
import { genotypeKey, isConnected, liveGenotype } from '../space/live-edges.js';
import { logProbability, selectGenotype } from '../space/most-probable.js';
import { countParameters } from '../space/parameter-count.js';
import { sampleGenotype } from '../space/sampling.js';
import type { Budget } from '../vocabulary/budget.js';
import type { Candidate } from '../vocabulary/candidate.js';
import type { Genotype, SpaceSettings } from '../vocabulary/space.js';

const DRAWS = 256;
const MOST = 16;

/**
 * What probabilities propose: the most probable architecture inside the budget, then distinct ones drawn from the
 * probabilities that lie inside it, the more probable first; at most 16. The score is the logarithm of the probability.
 * @param seed of the draws
 */
export function supernetCandidates(
  space: SpaceSettings,
  budget: Budget,
  probabilities: ArchitectureTable,
  seed: number,
): Candidate[] {
  const candidate = (genotype: Genotype, source: string): Candidate => ({
    genotype,
    parameters: countParameters(space, genotype),
    source,
    score: logProbability(space, genotype, probabilities),
  });
  const likeliest =
    selectGenotype(space, budget, probabilities) ??
    selectGenotype(space, { lower: 0, upper: Number.MAX_SAFE_INTEGER }, probabilities)!;
  const random = createRandom(seed, 'candidates');
  const drawn = new Map<string, Candidate>();
  for (let i = 0; i < DRAWS; i++) {
    const genotype = sampleGenotype(space, probabilities, random);
    if (!genotype.stages.every(({ operations }) => isConnected(operations))) continue;
    if (!insideBudget(budget, countParameters(space, genotype))) continue;
    drawn.set(genotypeKey(genotype), candidate(liveGenotype(genotype), 'sample'));
  }
  drawn.delete(genotypeKey(likeliest));
  const samples = [...drawn.values()].sort((a, b) => b.score - a.score);
  return [candidate(likeliest, 'most probable'), ...samples].slice(0, MOST);
}
