import type { Random } from '../../compute/random.js';
import { NO_TURN, type Turn } from '../turn.js';
import { rightAnswers } from './accuracy.js';
import { meanAuc, rankings } from './auc.js';
import type { ScoredPart } from './scores.js';

/** Images that are looked at between two turns: some ten milliseconds. */
const TURN_IMAGES = 2_000_000;

export type Interval = readonly [lower: number, upper: number];

/** Value below which `share` of the sorted values lie, linear between neighbours. */
export function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (high - low) * (position - below);
}

function interval(values: readonly number[]): Interval {
  const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
  return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
}

/**
 * Of an accuracy of 1 or 0 every resample is the same: the exact 95 % interval of a proportion instead, whose far end is
 * 0.025^(1/images) (Clopper and Pearson 1934).
 */
function exactInterval(accuracy: 0 | 1, count: number): Interval {
  const far = 0.025 ** (1 / count);
  return accuracy === 1 ? [far, 1] : [0, 1 - far];
}

/**
 * 95 % percentile bootstrap intervals of accuracy and AUC: images drawn with replacement (Efron 1979).
 * A resample in which a class has no image has no AUC and does not count for it. An accuracy of 1 or 0 has its exact
 * interval; an AUC of 1 or 0 has an interval without width, which says nothing and is shown as none.
 * @param resamples default 1000
 */
export async function bootstrap(
  part: ScoredPart,
  random: Random,
  resamples = 1000,
  turn: Turn = NO_TURN,
): Promise<{ readonly accuracy: Interval; readonly auc: Interval }> {
  const count = part.scores.count;
  const right = rightAnswers(part);
  const columns = rankings(part);
  const weights = new Uint32Array(count);
  const accuracies: number[] = [];
  const aucs: number[] = [];
  const resamplesOfATurn = Math.max(1, Math.floor(TURN_IMAGES / (count * (1 + columns.length))));
  for (let r = 0; r < resamples; r++) {
    if (r % resamplesOfATurn === 0) await turn();
    weights.fill(0);
    let sum = 0;
    for (let n = 0; n < count; n++) {
      const image = random.integer(count);
      weights[image]!++;
      sum += right[image]!;
    }
    accuracies.push(sum / count);
    aucs.push(meanAuc(columns, weights));
  }
  const same = [0, 1].find((value) => right.every((one) => one === value)) as 0 | 1 | undefined;
  return { accuracy: same === undefined ? interval(accuracies) : exactInterval(same, count), auc: interval(aucs) };
}
