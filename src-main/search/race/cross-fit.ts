import type { FinalEvidence } from './evidence.js';
import type { Score } from './ranking.js';

/** Chooses one of several entrants. @returns an index into the scores */
export type Choose = (scores: readonly Score[]) => number;

/** Sums over the images of each fold, for one repeat. */
interface FoldSums {
  readonly right: Float64Array;
  readonly losses: Float64Array;
}

/**
 * What the choice of the final is worth, without the luck of having been chosen: for every fold of images and every repeat
 * the choice is made on the other folds and the other repeats, and measured on this one. Whoever is chosen by chance on
 * some images or by a lucky training gets nothing for it on the others.
 * @param eligible entrants among whom to choose, all of whom have evidence
 * @returns for each image the mean over the repeats of what the chosen network answered
 */
export function crossFit(final: FinalEvidence, eligible: readonly number[], choose: Choose): Float64Array {
  const { folds, repeats } = final;
  const counts = new Float64Array(1 + Math.max(...folds));
  folds.forEach((fold) => counts[fold]!++);
  const sums = eligible.map((entrant) => repeats.get(entrant)!.map((repeat) => foldSums(repeat, folds, counts.length)));
  const most = Math.max(...sums.map((ofEntrant) => ofEntrant.length));
  const measured = new Float64Array(folds.length);
  for (let repeat = 0; repeat < most; repeat++) {
    const chosen = Array.from(counts, (_, fold) =>
      choose(sums.map((ofEntrant) => scoreWithout(ofEntrant, repeat % ofEntrant.length, fold, counts))),
    );
    folds.forEach((fold, image) => {
      const ofChosen = repeats.get(eligible[chosen[fold]!]!)!;
      measured[image]! += ofChosen[repeat % ofChosen.length]!.right[image]! / most;
    });
  }
  return measured;
}

function scoreWithout(ofEntrant: readonly FoldSums[], repeat: number, fold: number, counts: Float64Array): Score {
  const others = ofEntrant.length > 1 ? ofEntrant.filter((_, i) => i !== repeat) : ofEntrant;
  const images = others.length * counts.reduce((sum, count, i) => (i === fold ? sum : sum + count), 0);
  const over = (of: (sums: FoldSums) => Float64Array): number =>
    others.reduce((sum, sums) => of(sums).reduce((total, value, i) => (i === fold ? total : total + value), sum), 0);
  return { accuracy: over(({ right }) => right) / images, loss: over(({ losses }) => losses) / images };
}

function foldSums(
  repeat: { readonly right: Float32Array; readonly losses: Float32Array },
  folds: Uint8Array,
  count: number,
): FoldSums {
  const sums = { right: new Float64Array(count), losses: new Float64Array(count) };
  folds.forEach((fold, image) => {
    sums.right[fold]! += repeat.right[image]!;
    sums.losses[fold]! += repeat.losses[image]!;
  });
  return sums;
}
