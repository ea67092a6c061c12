import { differenceOf, type Component } from '../../statistics/difference.js';
import { mean, variance } from '../../statistics/moments.js';
import type { AccuracyDifference, RaceVerdict } from '../../vocabulary/race.js';
import type { Entrant, References } from './candidates.js';
import { bestAmong, finalScore, smallestAmong } from './choice.js';
import { crossFit } from './cross-fit.js';
import { averaged, imageComponent, meanRight, trainingNoise, trainingsOf } from './estimates.js';
import type { EarlierScore, FinalEvidence, FirstEvidence } from './evidence.js';

/** The search's first proposals, which stand for it: later ones are samples that it itself thinks less of. */
const PROPOSALS = 4;
/**
 * Both must hold before a search is called better than chance. The chosen network is compared after a selection that cross-fitting
 * undoes for the final alone, and on the same images as the earlier rungs, so its bound is strict. The proposals are
 * compared before any selection, but a search whose proposals all resemble each other is one draw of chance that is lucky
 * as often as its bound says: with 1 in 40 a search driven by noise passes in fewer than 1 of 40.
 */
const RANDOM_BOUND = 0.01;
const PROPOSALS_BOUND = 0.025;

export interface VerdictInput {
  readonly entrants: readonly Entrant[];
  readonly references: References;
  readonly first: readonly FirstEvidence[];
  /** Of every training before the final. */
  readonly earlier: readonly EarlierScore[];
  readonly final: FinalEvidence;
  /** Keep the smallest network that is as good as the best. */
  readonly smallest: boolean;
}

/** What a race answers, but for the sentence. Candidates are numbered from 1. */
export type Findings = Omit<RaceVerdict, 'sentence'>;

/**
 * Best and smallest: `choice.ts`. Only entrants inside the budget that were trained as often as a finalist can be either.
 * Differences are those of the cross-fitted choice in the final, with an error that holds images, trainings and, for random
 * networks, architectures.
 */
export function verdictOf(input: VerdictInput): Findings {
  const { entrants, references, final } = input;
  const most = Math.max(...[...final.repeats.values()].map(({ length }) => length));
  const eligible = [...final.repeats.keys()].filter(
    (entrant) => entrants[entrant]!.insideBudget && final.repeats.get(entrant)!.length === most,
  );
  const scores = eligible.map((entrant) => finalScore(final, entrant));
  const chooseBest = bestAmong(eligible, input);
  const chooseSmallest = smallestAmong(eligible, input, chooseBest);
  const best = eligible[chooseBest(scores)]!;
  const smallest = eligible[chooseSmallest(scores)]!;
  const chosen = input.smallest ? smallest : best;
  const measured = crossFit(final, eligible, input.smallest ? chooseSmallest : chooseBest);
  const noise = trainingNoise(final);
  const against = (reference: Float64Array, component: Component): AccuracyDifference => {
    const differences = measured.map((value, i) => value - reference[i]!);
    const own = averaged(noise, trainingsOf(final, chosen));
    return differenceOf(mean(differences), [imageComponent(differences, final.units), own, component]);
  };
  const single = (entrant: number | null): AccuracyDifference | null =>
    entrant === null || entrant === chosen || !final.repeats.has(entrant)
      ? null
      : against(meanRight(final.repeats.get(entrant)!), averaged(noise, trainingsOf(final, entrant)));
  const differences = {
    random: againstRandom(references.random, final, against),
    empty: single(references.empty),
    chain: single(references.chain),
  };
  const proposals = proposalsAgainstRandom(input);
  const better =
    differences.random !== null &&
    differences.random.pValue < RANDOM_BOUND &&
    proposals !== null &&
    proposals.pValue < PROPOSALS_BOUND;
  return {
    conclusion: better ? 'better than chance' : 'no better than chance',
    best: best + 1,
    smallest: smallest + 1,
    chosen: chosen + 1,
    differences,
    proposals,
  };
}

/** Against the mean of the random references, each by its first training: a random network that reached the final by merit has no more weight. */
function againstRandom(
  random: readonly number[],
  final: FinalEvidence,
  against: (reference: Float64Array, component: Component) => AccuracyDifference,
): AccuracyDifference | null {
  const firsts = random.flatMap((entrant) => final.repeats.get(entrant)?.slice(0, 1) ?? []);
  if (firsts.length < 2) return null;
  const spread = variance(firsts.map(({ right }) => mean(right)));
  return against(meanRight(firsts), { variance: spread / firsts.length, degreesOfFreedom: firsts.length - 1 });
}

/**
 * The search's first proposals against the random networks of the first rung. Samples of one search resemble each other, so
 * the mean of its proposals counts as one draw, whose error is that of a new random network, sd·√(1 + 1/n), beside that of the
 * images. Where the random networks do not differ at all, nothing is said.
 */
function proposalsAgainstRandom({ entrants, first }: VerdictInput): AccuracyDifference | null {
  const of = (source: Entrant['source']): FirstEvidence[] =>
    first.filter(({ entrant }) => entrants[entrant]!.source === source);
  const proposed = of('search').slice(0, PROPOSALS);
  const random = of('random');
  if (proposed.length === 0 || random.length < 2) return null;
  const ofRandom = meanRight(random);
  const differences = meanRight(proposed).map((value, i) => value - ofRandom[i]!);
  const difference = mean(differences);
  const spread = variance(random.map(({ right }) => mean(right))) * (1 + 1 / random.length);
  if (spread === 0) return { difference, interval: [-1, 1], pValue: 1 };
  const draw = { variance: spread, degreesOfFreedom: random.length - 1 };
  return differenceOf(difference, [draw, imageComponent(differences, random[0]!.units)]);
}
