import { mean, standardDeviation } from '../../statistics/moments.js';

/** How one candidate did in a rung. */
export interface Score {
  readonly accuracy: number;
  /** Mean cross-entropy. */
  readonly loss: number;
}

/**
 * Places of a rung, best first, by the mean of standardised accuracy and −loss. Accuracy is what counts in the end, but over
 * few images and short trainings it is coarse (networks that still answer the most frequent class all tie), and the loss of
 * the same images says more there; each counts half, in units of its own spread. Ties keep their order.
 * @returns indices into `scores`
 */
export function ranking(scores: readonly Score[]): number[] {
  const accuracy = standardised(scores.map((score) => score.accuracy));
  const loss = standardised(scores.map((score) => score.loss));
  const merit = scores.map((_, i) => accuracy[i]! - loss[i]!);
  return scores.map((_, i) => i).sort((a, b) => merit[b]! - merit[a]! || a - b);
}

function standardised(values: readonly number[]): number[] {
  const centre = mean(values);
  const spread = standardDeviation(values);
  return values.map((value) => (spread === 0 ? 0 : (value - centre) / spread));
}
