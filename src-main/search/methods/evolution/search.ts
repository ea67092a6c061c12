import type { Snapshot } from '../../../compute/snapshot.js';
import { genotypeKey } from '../../../space/live-edges.js';
import type { SearchProblem } from '../../method.js';
import { better, SequentialSearch, type Proposer } from '../../sequential-search.js';
import { mutated } from './mutation.js';
import type { EvolutionSettings } from './settings.js';

/** One network at a time: drawn uniformly until the population is full, then a child of the best of a tournament. */
function evolutionProposer({ space, budget }: SearchProblem, settings: EvolutionSettings): Proposer {
  return {
    source: 'evolution',
    trainingEpochs: settings.trainingEpochs,
    propose({ trained, random, sampler }) {
      if (trained.length < settings.population) return [sampler.draw(random)];
      // the oldest have left
      const population = trained.slice(-settings.population);
      const sample = Array.from({ length: settings.sample }, () => population[random.integer(population.length)]!);
      const known = new Set(trained.map(({ genotype }) => genotypeKey(genotype)));
      const child = mutated(space, budget, sample.sort(better)[0]!.genotype, known, random);
      return child ? [child] : [];
    },
  };
}

/** @throws UserError `checkpoint-content`, `search-budget` */
export function openEvolution(
  problem: SearchProblem,
  settings: EvolutionSettings,
  saved: Snapshot | null,
): SequentialSearch {
  return SequentialSearch.open(problem, evolutionProposer(problem, settings), saved);
}
