import { createRandom } from '../../compute/random.js';
import { genotypeKey, liveGenotype } from '../../space/live-edges.js';
import { countParameters } from '../../space/parameter-count.js';
import { UniformSampler } from '../../space/uniform-sampling.js';
import { mean } from '../../statistics/moments.js';
import type { TrainingResult } from '../../training/training-series.js';
import type { Entrant } from './candidates.js';
import { forwardWorks } from './cost.js';
import type { RaceProblem } from './problem.js';
import { meritAmong } from './ranking.js';
import { fitSurrogate } from '../surrogate.js';

/** Entrants that each wave predicts; the second learns from the trainings of the first too, so it corrects what that believed too readily. */
const WAVES = [8, 8] as const;
/** Fewer first trainings than this teach nothing. */
const LEAST_TRAININGS = 12;
/** Random networks of the budget from which a wave takes those that the surrogate thinks most of. */
const DRAWS = 1000;

/** Entrants of the first rung that there will be, predicted ones too. */
export function plannedEntrants({ opening }: RaceProblem): number {
  return opening + predictedFrom(opening, 0);
}

/** Entrants still to be predicted. */
export function awaitedEntrants({ opening, waves }: RaceProblem): number {
  return predictedFrom(opening, waves);
}

function predictedFrom(opening: number, wave: number): number {
  return opening < LEAST_TRAININGS ? 0 : WAVES.slice(wave).reduce((sum, count) => sum + count, 0);
}

/** The problem as it will be, with who was there from the start in the places of entrants still to be predicted. */
export function foreseenField(problem: RaceProblem): RaceProblem {
  const opening = firstRung(problem.entrants);
  const extra = Array.from({ length: awaitedEntrants(problem) }, (_, i) => opening[i % opening.length]!);
  const extended = <T>(values: readonly T[]): T[] => [...values, ...extra.map((entrant) => values[entrant]!)];
  const { entrants, forward } = problem;
  return { ...problem, entrants: extended(entrants), forward: extended(forward), waves: WAVES.length };
}

/** Entrants that run in the first rung. */
export function firstRung(entrants: readonly Entrant[]): number[] {
  return entrants.flatMap(({ insideBudget }, i) => (insideBudget ? [i] : []));
}

/**
 * The problem with its next waves of predicted entrants, where all who are there have had their first training: the networks that a
 * surrogate fitted to those trainings thinks most of, among random ones of the budget. On pbcblood eight networks that are
 * predicted so are better by half a standard deviation than eight of the search or of chance (docs/results.md).
 */
export function grown(problem: RaceProblem, results: readonly TrainingResult[]): RaceProblem {
  const trained = firstRung(problem.entrants);
  if (awaitedEntrants(problem) === 0 || results.length < trained.length) return problem;
  const scores = trained.map((_, i) => {
    const { right, losses } = results[i]![0]!;
    return { accuracy: mean(right), loss: mean(losses) };
  });
  const genotypes = trained.map((entrant) => problem.entrants[entrant]!.genotype);
  const predict = fitSurrogate(genotypes, scores.map(meritAmong(scores)));
  const entrants = [...problem.entrants, ...mostPromising(problem, predict)];
  const next = { ...problem, entrants, waves: problem.waves + 1 };
  // a band that is exhausted may have nobody left for a wave
  return grown({ ...next, forward: forwardWorks(problem.space, entrants, problem.size) }, results);
}

function mostPromising(
  { space, budget, seed, entrants, waves, opening }: RaceProblem,
  predict: (genotype: Entrant['genotype']) => number,
): Entrant[] {
  const known = new Set(entrants.map(({ genotype }) => genotypeKey(genotype)));
  const before = firstRung(entrants).length - opening;
  const sampler = new UniformSampler(space, budget);
  const generator = createRandom(seed, `race/predicted/${waves + 1}`);
  const drawn = Array.from({ length: DRAWS }, () => liveGenotype(sampler.draw(generator))).filter((genotype) => {
    const key = genotypeKey(genotype);
    return known.has(key) ? false : known.add(key);
  });
  return drawn
    .map((genotype) => ({ genotype, merit: predict(genotype) }))
    .sort((a, b) => b.merit - a.merit)
    .slice(0, WAVES[waves])
    .map(({ genotype }, i) => ({
      source: 'predicted',
      label: `predicted ${before + i + 1}`,
      genotype,
      parameters: countParameters(space, genotype),
      insideBudget: true,
    }));
}
