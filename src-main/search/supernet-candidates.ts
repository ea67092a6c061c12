import { createRandom } from '../compute/random.js';
import type { ArchitectureTable } from '../space/architecture-table.js';
import { insideBudget } from '../space/inside-budget.js';
import { genotypeKey, isConnected, liveGenotype } from '../space/live-edges.js';
import { logProbability, selectGenotype } from '../space/most-probable.js';
import { countParameters, parameterRange } from '../space/parameter-count.js';
import { sampleGenotype } from '../space/sampling.js';
import type { Budget } from '../vocabulary/budget.js';
import type { Candidate } from '../vocabulary/candidate.js';
import type { Genotype } from '../vocabulary/space.js';
import type { SearchProblem } from './method.js';

const DRAWS = 256;
/** Draws that are ranked by the supernet, and proposals in the end, without the smaller ones. */
export const RANKED = 48;
const MOST = 22;
/** A budget asks for networks of about its size: proposals come from the part above this share of its upper end. */
const LEAST_SHARE = 0.65;

/** Scores of architectures, larger is better. */
export type Rank = (genotypes: readonly Genotype[]) => Promise<readonly number[]>;

/** What a search ends with. */
export interface Answer {
  readonly probabilities: ArchitectureTable;
  /** What its proposals beside the most probable one are drawn from: the same, or less decided ones. */
  readonly drawn: ArchitectureTable;
}

/**
 * What probabilities propose: the most probable architecture of the upper part of the budget, then distinct ones that lie
 * there, drawn, the better ranked first, and last the most probable of each smaller third: what is as good with fewer
 * parameters can only be found among these. At least one, at most 24.
 * @param rank null: by probability
 */
export async function supernetCandidates(
  { space, budget, seed }: Pick<SearchProblem, 'space' | 'budget' | 'seed'>,
  { probabilities, drawn }: Answer,
  rank: Rank | null,
): Promise<Candidate[]> {
  const candidate = (genotype: Genotype, source: string, table: ArchitectureTable): Candidate => ({
    genotype,
    parameters: countParameters(space, genotype),
    source,
    score: logProbability(space, genotype, table),
  });
  const bands = sizeBands(budget, parameterRange(space));
  const anywhere = { lower: 0, upper: Number.MAX_SAFE_INTEGER };
  const likeliest = [...bands, budget, anywhere].flatMap((band) => selectGenotype(space, band, probabilities) ?? []);
  const first = likeliest[0]!;
  const inside = selectGenotype(space, bands[0]!, probabilities) === null ? budget : bands[0]!;
  const random = createRandom(seed, 'candidates');
  const distinct = new Map<string, Candidate>();
  for (let i = 0; i < DRAWS; i++) {
    const genotype = sampleGenotype(space, drawn, random);
    if (!genotype.stages.every(({ operations }) => isConnected(operations))) continue;
    if (!insideBudget(inside, countParameters(space, genotype))) continue;
    distinct.set(genotypeKey(genotype), candidate(liveGenotype(genotype), 'sample', drawn));
  }
  distinct.delete(genotypeKey(first));
  const samples = [...distinct.values()].sort((a, b) => b.score - a.score).slice(0, RANKED);
  const scores = rank && (await rank(samples.map(({ genotype }) => genotype)));
  const ranked = scores ? samples.map((sample, i) => ({ ...sample, score: scores[i]! })) : samples;
  ranked.sort((a, b) => b.score - a.score);
  const smaller = bands.slice(1).flatMap((band) => selectGenotype(space, band, drawn) ?? []);
  const all = [
    candidate(first, 'most probable', probabilities),
    ...ranked.slice(0, MOST - 1),
    ...smaller.map((genotype) => candidate(genotype, 'most probable, smaller', drawn)),
  ];
  const keys = new Set<string>();
  return all.filter(({ genotype }) => keys.size < keys.add(genotypeKey(genotype)).size);
}

/** The upper part of a budget, and thirds of what lies below; the budget itself when it is no limit. */
function sizeBands(budget: Budget, reachable: Budget): Budget[] {
  const lower = Math.max(budget.lower, reachable.lower);
  const least = Math.ceil(LEAST_SHARE * budget.upper);
  if (budget.upper >= reachable.upper || least <= lower) return [budget];
  const third = Math.floor((least - lower) / 3);
  return [
    { lower: least, upper: budget.upper },
    { lower: lower + third, upper: least - 1 },
    { lower, upper: lower + third - 1 },
  ];
}
