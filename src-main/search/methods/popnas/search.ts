import type { Snapshot } from '../../../compute/snapshot.js';
import { insideBudget } from '../../../space/inside-budget.js';
import { genotypeKey, liveGenotype } from '../../../space/live-edges.js';
import { countMultiplyAccumulates, countParameters } from '../../../space/parameter-count.js';
import { GENOTYPE_OPERATIONS, type Genotype, type GenotypeOperation } from '../../../vocabulary/space.js';
import type { SearchProblem } from '../../method.js';
import { SequentialSearch, type Proposer, type Sequence } from '../../sequential-search.js';
import { fitSurrogate } from '../../surrogate.js';
import { distinct, firstNetworks, GENERATIONS, grown } from './growth.js';
import { bestByFronts, paretoFront } from './pareto.js';
import type { PopnasSettings } from './settings.js';

/** @throws UserError `checkpoint-content`, `search-budget` */
export function openPopnas(problem: SearchProblem, settings: PopnasSettings, saved: Snapshot | null): SequentialSearch {
  return SequentialSearch.open(problem, popnasProposer(problem, settings), saved);
}

/** A generation at a time: drawn uniformly from the smallest cells, then from what grows out of the generation before. */
export function popnasProposer(problem: SearchProblem, settings: PopnasSettings): Proposer {
  const { space, budget, dataset } = problem;
  const isInside = (genotype: Genotype): boolean => insideBudget(budget, countParameters(space, genotype));
  return {
    source: 'popnas',
    trainingEpochs: settings.trainingEpochs,
    propose({ trained, round, networks, random }: Sequence) {
      const left = networks - trained.length;
      const size = Math.min(left, Math.max(1, Math.ceil(left / Math.max(1, GENERATIONS - round))));
      if (round === 0) {
        const open = distinct(firstNetworks(space)).filter(isInside);
        return Array.from({ length: Math.min(size, open.length) }, () => {
          return open.splice(random.integer(open.length), 1)[0]!;
        });
      }
      const known = new Set(trained.map(({ genotype }) => genotypeKey(genotype)));
      const parents = trained.map(({ genotype }) => liveGenotype(genotype)).filter(hasOneCell);
      const most = Math.max(0, ...parents.map(edgesOf));
      const children = (genotypes: readonly Genotype[]): Genotype[] =>
        distinct(genotypes.flatMap((parent) => grown(space, parent)))
          .filter(isInside)
          .filter((genotype) => !known.has(genotypeKey(genotype)));
      const newest = children(parents.filter((parent) => edgesOf(parent) === most));
      const open = newest.length > 0 ? newest : children(parents);
      const predict = fitSurrogate(
        trained.map(({ genotype }) => genotype),
        trained.map(({ score }) => score),
      );
      const expected = open.map((genotype) => ({
        genotype,
        worth: predict(genotype),
        cost: countMultiplyAccumulates(space, genotype, dataset.size),
      }));
      const explored = Math.min(size - 1, Math.round(size * settings.exploration));
      const chosen = bestByFronts(expected, size - explored);
      const rare = rareOperations(paretoFront(expected).map(({ genotype }) => genotype));
      const others = expected.filter((network) => !chosen.includes(network));
      const exploring = others.filter(({ genotype }) => genotype.stages[0]!.operations.some((one) => rare.has(one)));
      const drawn = bestByFronts(exploring, explored);
      return [...chosen, ...drawn].map(({ genotype }) => genotype);
    },
  };
}

/** Operations that fewer than half as many edges of these networks have as the mean operation. */
export function rareOperations(genotypes: readonly Genotype[]): Set<GenotypeOperation> {
  const live = GENOTYPE_OPERATIONS.filter((operation) => operation !== 'none');
  const edges = genotypes.flatMap(({ stages }) => stages[0]!.operations.filter((operation) => operation !== 'none'));
  const count = (operation: GenotypeOperation): number => edges.filter((one) => one === operation).length;
  return new Set(live.filter((operation) => count(operation) < edges.length / live.length / 2));
}

const edgesOf = ({ stages }: Genotype): number =>
  stages[0]!.operations.filter((operation) => operation !== 'none').length;

/** Networks that were drawn uniformly, where nothing was left to grow, have other cells in each stage. */
const hasOneCell = ({ stages }: Genotype): boolean =>
  stages.every(({ operations }) => operations.join() === stages[0]!.operations.join());
