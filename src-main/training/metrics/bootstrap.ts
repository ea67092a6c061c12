import type { Random } from '../../compute/random.js';
import { NO_TURN, type Turn } from '../turn.js';
import { rightAnswers } from './accuracy.js';
import { meanAuc, rankings, type Ranking } from './auc.js';
import { FEWEST_FOR_BOOTSTRAP } from './estimate.js';
import { percentileInterval, type Interval } from './interval.js';
import type { ScoredPart } from './scores.js';
import { countUnits, shareInterval, unitsOf, type Units } from './units.js';

/** Images that are looked at between two turns: some ten milliseconds. */
const TURN_IMAGES = 2_000_000;

/** A figure of resampled images. @param weights how often each image counts */
export type Statistic = (weights: Uint32Array) => number;

/**
 * Figures of images drawn with replacement (Efron 1979), all of the same resamples. Where patients are known they are drawn, each with all of its
 * images (Field and Welsh 2007).
 * @param passes how often one resample looks at each image, so that turns come in time
 * @returns a list for each statistic, one value a resample
 */
export async function resample(
  { images: count, patients }: Units,
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
    if (patients) {
      for (let n = 0; n < patients.length; n++) {
        for (const image of patients[random.integer(patients.length)]!) weights[image]!++;
      }
    } else for (let n = 0; n < count; n++) weights[random.integer(count)]!++;
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
 * where it is a proportion. An AUC of fewer than ten positives or negatives, or of 1 or 0, has none: null. Where patients are known, patients count instead of images.
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
  const units = unitsOf(part.truth);
  const right = rightAnswers(part);
  const columns = rankings(part);
  const [accuracies = [], aucs = [], balances = []] = await resample(
    units,
    [
      (weights) => weightedMean(right, weights),
      (weights) => meanAuc(columns, weights),
      ...(balanced ? [balanced.statistic] : []),
    ],
    random,
    { resamples, passes: 1 + columns.length + (balanced ? 1 : 0), turn },
  );
  const sum = right.reduce((total, value) => total + value, 0);
  const allSame = sum === 0 || sum === count;
  const few = countUnits(units, () => true) < FEWEST_FOR_BOOTSTRAP;
  const exact = allSame || (few && right.every(Number.isInteger));
  return {
    accuracy: exact
      ? shareInterval(
          units,
          () => true,
          (i) => right[i] === 1,
        )
      : percentileInterval(accuracies),
    auc: columns.every((column) => hasEnough(column, units)) ? withWidth(percentileInterval(aucs)) : null,
    balancedAccuracy: balanced?.enough ? withWidth(percentileInterval(balances)) : null,
  };
}

/** Mean of the images' values, each as often as it counts. */
export function weightedMean(values: ArrayLike<number>, weights: Uint32Array): number {
  let [sum, all] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    sum += values[i]! * weights[i]!;
    all += weights[i]!;
  }
  return sum / all;
}

/** Whether there are enough positives and enough negatives, or patients with some, for a bootstrap interval. */
export function hasEnough({ positive }: Ranking, units: Units): boolean {
  return (
    countUnits(units, (i) => positive[i] === 1) >= FEWEST_FOR_BOOTSTRAP &&
    countUnits(units, (i) => positive[i] === 0) >= FEWEST_FOR_BOOTSTRAP
  );
}

/** An interval without width says nothing. */
export function withWidth(interval: Interval): Interval | null {
  return interval[0] === interval[1] || Number.isNaN(interval[0]) ? null : interval;
}
