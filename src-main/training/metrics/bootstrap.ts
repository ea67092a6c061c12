import type { Random } from '../../compute/random.js';
import { exactInterval } from '../../statistics/proportion.js';
import { NO_TURN, type Turn } from '../turn.js';
import { rightAnswers } from './accuracy.js';
import { meanAuc, rankings, type Ranking } from './auc.js';
import { FEWEST_FOR_BOOTSTRAP } from './estimate.js';
import { percentileInterval, type Interval } from './interval.js';
import type { ScoredPart } from './scores.js';

/** Images that are looked at between two turns: some ten milliseconds. */
const TURN_IMAGES = 2_000_000;

/** A figure of resampled images. @param weights how often each image counts; their sum is the number of images */
export type Statistic = (weights: Uint32Array) => number;

/**
 * Figures of images drawn with replacement (Efron 1979), all of the same resamples.
 * @param passes how often one resample looks at each image, so that turns come in time
 * @returns a list for each statistic, one value a resample
 */
export async function resample(
  count: number,
  statistics: readonly Statistic[],
  random: Random,
  { resamples = 1000, passes = statistics.length, turn = NO_TURN }: ResampleOptions = {},
): Promise<readonly (readonly number[])[]> {
  const weights = new Uint32Array(count);
  const values = statistics.map((): number[] => []);
  const resamplesOfATurn = Math.max(1, Math.floor(TURN_IMAGES / (count * (1 + passes))));
  for (let r = 0; r < resamples; r++) {
    if (r % resamplesOfATurn === 0) await turn();
    weights.fill(0);
    for (let n = 0; n < count; n++) weights[random.integer(count)]!++;
    statistics.forEach((statistic, i) => values[i]!.push(statistic(weights)));
  }
  return values;
}

export interface ResampleOptions {
  /** Default 1000. */
  readonly resamples?: number | undefined;
  readonly passes?: number;
  readonly turn?: Turn | undefined;
}

/** What `balancedAccuracy` says of a part. */
interface Balanced {
  readonly statistic: Statistic;
  /** Whether every class has images enough for an interval. */
  readonly enough: boolean;
}

/**
 * 95 % percentile bootstrap intervals of accuracy, AUC and, where it is asked for, balanced accuracy, all of the same draws. A resample in which a class has no image has no AUC and does not
 * count for it. An accuracy of 1 or 0, and one of fewer than ten images, has its exact interval (Clopper and Pearson 1934)
 * where it is a proportion. An AUC of fewer than ten positives or negatives, or of 1 or 0, has none: null.
 * The balanced accuracy follows the rules of the AUC.
 * @param resamples default 1000  @param balanced of `balancedAccuracy`
 */
export async function bootstrap(
  part: ScoredPart,
  random: Random,
  resamples = 1000,
  turn: Turn = NO_TURN,
  balanced: Balanced | null = null,
): Promise<{
  readonly accuracy: Interval;
  readonly auc: Interval | null;
  readonly balancedAccuracy: Interval | null;
}> {
  const count = part.scores.count;
  const right = rightAnswers(part);
  const columns = rankings(part);
  const weightedAccuracy: Statistic = (weights) => weightedSum(right, weights) / count;
  const [accuracies = [], aucs = [], balances = []] = await resample(
    count,
    [weightedAccuracy, (weights) => meanAuc(columns, weights), ...(balanced ? [balanced.statistic] : [])],
    random,
    { resamples, passes: 1 + columns.length + (balanced ? 1 : 0), turn },
  );
  const sum = right.reduce((total, value) => total + value, 0);
  const allSame = sum === 0 || sum === count;
  const exact = allSame || (count < FEWEST_FOR_BOOTSTRAP && Number.isInteger(sum));
  return {
    accuracy: exact ? exactInterval(sum, count) : percentileInterval(accuracies),
    auc: columns.every(hasEnough) ? withWidth(percentileInterval(aucs)) : null,
    balancedAccuracy: balanced?.enough ? withWidth(percentileInterval(balances)) : null,
  };
}

function weightedSum(values: Float64Array, weights: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * weights[i]!;
  return sum;
}

/** Whether there are enough positives and enough negatives for a bootstrap interval. */
export function hasEnough({ positive }: Ranking): boolean {
  const positives = positive.reduce((sum, value) => sum + value, 0);
  return Math.min(positives, positive.length - positives) >= FEWEST_FOR_BOOTSTRAP;
}

/** An interval without width says nothing. */
export function withWidth(interval: Interval): Interval | null {
  return interval[0] === interval[1] || Number.isNaN(interval[0]) ? null : interval;
}
