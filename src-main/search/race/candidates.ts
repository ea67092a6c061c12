import { createRandom } from '../../compute/random.js';
import { baselines, EMPTY } from '../../space/baselines.js';
import { genotypeKey, isConnected, liveGenotype } from '../../space/live-edges.js';
import { countParameters } from '../../space/parameter-count.js';
import { UniformSampler } from '../../space/uniform-sampling.js';
import type { Budget } from '../../vocabulary/budget.js';
import type { CandidateSource } from '../../vocabulary/race.js';
import type { Genotype, SpaceSettings } from '../../vocabulary/space.js';
import { insideBudget } from '../../space/inside-budget.js';

/** Proposals of a search that take part; what it thinks less of has little chance against them. */
const MOST_PROPOSALS = 12;
/** Draws for one random candidate, until a small band counts as exhausted. */
const MOST_DRAWS = 200;

/** An architecture that a search proposes. */
export interface Proposal {
  /** For people: "most probable", "sample 3". */
  readonly label: string;
  readonly genotype: Genotype;
}

/** An architecture that takes part in a race. */
export interface Entrant extends Proposal {
  readonly source: CandidateSource;
  readonly parameters: number;
  readonly insideBudget: boolean;
}

/**
 * Who takes part, each network once: the search's first 12 proposals that are inside the budget; random architectures
 * of the budget, uniform over networks; the baselines. The network without cells takes part even outside the budget.
 * @param random how many; fewer where the budget holds no more
 */
export function raceEntrants(
  space: SpaceSettings,
  budget: Budget,
  proposals: readonly Proposal[],
  random: { readonly count: number; readonly seed: number },
): Entrant[] {
  const entrants: Entrant[] = [];
  const known = new Set<string>();
  const enter = (source: CandidateSource, { label, genotype }: Proposal): boolean => {
    const key = genotypeKey(genotype);
    const parameters = countParameters(space, genotype);
    const inside = insideBudget(budget, parameters);
    if (known.has(key) || (!inside && source !== 'empty')) return false;
    known.add(key);
    entrants.push({ source, label, genotype: liveGenotype(genotype), parameters, insideBudget: inside });
    return true;
  };
  for (const proposal of proposals) {
    if (entrants.length === MOST_PROPOSALS) break;
    if (proposal.genotype.stages.every(({ operations }) => isConnected(operations))) enter('search', proposal);
  }
  const sampler = new UniformSampler(space, budget);
  const generator = createRandom(random.seed, 'race/random');
  for (let i = 1; i <= random.count; i++) {
    for (let draw = 0; draw < MOST_DRAWS; draw++) {
      if (enter('random', { label: `random ${i}`, genotype: sampler.draw(generator) })) break;
    }
  }
  for (const baseline of baselines(space, budget)) enter(baseline.source, baseline);
  return entrants;
}

/**
 * As many networks of the budget as a search may propose, for a race that is only foreseen: who they will be is not known before
 * the search has ended, and each costs its trainings.
 */
export function standIns(space: SpaceSettings, budget: Budget, seed: number): Proposal[] {
  const sampler = new UniformSampler(space, budget);
  const generator = createRandom(seed, 'race/stand-ins');
  return Array.from({ length: MOST_PROPOSALS }, (_, i) => ({
    label: `stand-in ${i + 1}`,
    genotype: sampler.draw(generator),
  }));
}

/** What the final measures against, as indices of entrants. They are chosen without looking at any result. */
export interface References {
  readonly random: readonly number[];
  readonly empty: number | null;
  /** The chain of 3×3. */
  readonly chain: number | null;
}

/** Random architectures that the final measures against. */
const RANDOM_REFERENCES = 8;

/** The references among the entrants; a baseline is found by its network, whoever entered it. */
export function findReferences(entrants: readonly Entrant[], space: SpaceSettings, budget: Budget): References {
  const keys = entrants.map(({ genotype }) => genotypeKey(genotype));
  const indexOf = (genotype: Genotype | undefined): number | null => {
    const index = genotype ? keys.indexOf(genotypeKey(genotype)) : -1;
    return index < 0 ? null : index;
  };
  return {
    random: entrants.flatMap(({ source }, i) => (source === 'random' ? [i] : [])).slice(0, RANDOM_REFERENCES),
    empty: indexOf(EMPTY.genotype),
    chain: indexOf(baselines(space, budget).find(({ source }) => source === 'chain')?.genotype),
  };
}
