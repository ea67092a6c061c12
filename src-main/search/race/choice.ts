import { mean } from '../../statistics/moments.js';
import type { Entrant } from './candidates.js';
import type { Choose } from './cross-fit.js';
import { averaged, imageComponent, meanRight, trainingNoise, trainingsOf } from './estimates.js';
import type { EarlierScore, FinalEvidence } from './evidence.js';
import { meritAmong, type Score } from './ranking.js';

/**
 * The best of some entrants by all of their trainings: each training counts as much, by its merit among all entrants of its
 * rung. Networks differ by less than the images of a final can tell apart, and short trainings, where they differ more,
 * agree with long ones: on pbcblood one long training alone has a correlation of .37 with the test accuracy of another, together
 * with a training of the first rung .46 (docs/results.md).
 * @param eligible entrants of the final that came through every rung
 */
export function bestAmong(
  eligible: readonly number[],
  { final, earlier }: { readonly final: FinalEvidence; readonly earlier: readonly EarlierScore[] },
): Choose {
  const inFinal = meritAmong([...final.repeats.keys()].map((entrant) => finalScore(final, entrant)));
  const before = eligible.map((entrant) => earlierMerits(earlier, entrant));
  return (scores) => {
    const merits = scores.map((score, i) => {
      const count = trainingsOf(final, eligible[i]!);
      const sum = before[i]!.reduce((total, merit) => total + merit, count * inFinal(score));
      return sum / (before[i]!.length + count);
    });
    return merits.reduce((best, merit, i) => (merit > merits[best]! ? i : best), 0);
  };
}

/**
 * The fewest parameters among those whose accuracy in the final is within one standard error of the best one's, which is
 * that of their difference: both are judged on the same images, so how hard these are does not count.
 */
export function smallestAmong(
  eligible: readonly number[],
  { entrants, final }: { readonly entrants: readonly Entrant[]; readonly final: FinalEvidence },
  best: Choose,
): Choose {
  const noise = trainingNoise(final);
  const rights = eligible.map((entrant) => meanRight(final.repeats.get(entrant)!));
  const error = (a: number, b: number): number => {
    const differences = rights[a]!.map((value, i) => value - rights[b]![i]!);
    const trainings = [a, b].map((i) => averaged(noise, trainingsOf(final, eligible[i]!)).variance);
    return Math.sqrt(imageComponent(differences, final.units).variance + trainings[0]! + trainings[1]!);
  };
  const errors = eligible.map((_, a) => eligible.map((__, b) => (a === b ? 0 : error(a, b))));
  return (scores) => {
    const of = best(scores);
    const good = scores.flatMap(({ accuracy }, i) => (scores[of]!.accuracy - accuracy <= errors[of]![i]! ? [i] : []));
    const parameters = (i: number): number => entrants[eligible[i]!]!.parameters;
    return good.reduce((least, i) => (parameters(i) < parameters(least) ? i : least));
  };
}

/** Over the images and the trainings of the final. */
export function finalScore(final: FinalEvidence, entrant: number): Score {
  const repeats = final.repeats.get(entrant)!;
  return { accuracy: mean(meanRight(repeats)), loss: mean(repeats.map(({ losses }) => mean(losses))) };
}

function earlierMerits(earlier: readonly EarlierScore[], entrant: number): number[] {
  return earlier.flatMap((score) =>
    score.entrant === entrant ? [meritAmong(earlier.filter(({ rung }) => rung === score.rung))(score)] : [],
  );
}
