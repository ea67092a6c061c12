import { mean, standardDeviation } from '../../statistics/moments.js';

/** How one candidate did in a rung. */
export interface Score {
  readonly accuracy: number;
  /** Mean cross-entropy. */
  readonly loss: number;
}

/** Merit of a score among others: larger is better, 0 the mean of those others. */
export type Merit = (score: Score) => number;

/**
 * Merit in a rung: standardised accuracy minus standardised loss. Accuracy is what counts in the end, but over few images
 * and short trainings it is coarse (networks that still answer the most frequent class all tie), and the loss of the same
 * images says more there; each counts half, in units of its own spread. What does not differ counts nothing.
 */
export function meritAmong(scores: readonly Score[]): Merit {
  const accuracy = standardised(scores.map((score) => score.accuracy));
  const loss = standardised(scores.map((score) => score.loss));
  return (score) => accuracy(score.accuracy) - loss(score.loss);
}

/** Places of a rung, best first, by merit. Ties keep their order. @returns indices into `scores` */
export function ranking(scores: readonly Score[]): number[] {
  const merits = scores.map(meritAmong(scores));
  return scores.map((_, i) => i).sort((a, b) => merits[b]! - merits[a]! || a - b);
}

function standardised(values: readonly number[]): (value: number) => number {
  const centre = mean(values);
  const spread = standardDeviation(values);
  return (value) => (spread === 0 ? 0 : (value - centre) / spread);
}
