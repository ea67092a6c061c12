import type { RocCorner } from '../../vocabulary/diagnostics.js';
import { exactInterval } from '../../statistics/proportion.js';
import { rank } from './auc.js';
import { isPositive, type ScoredPart } from './scores.js';
import { shareInterval, unitsOf, type Units } from './units.js';

/** What a threshold does to one part. */
export interface ThresholdCounts {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

/** Above every probability. */
const NEVER = 2;

/**
 * Every different decision that a threshold of the finding's probability can make, from never to always. A threshold lies in
 * the middle between two probabilities of the part, so that rounding turns no image over.
 */
export function thresholdCounts(
  part: ScoredPart,
  finding: number,
): {
  readonly positives: number;
  readonly negatives: number;
  readonly counts: readonly ThresholdCounts[];
} {
  const { count, outputs, values } = part.scores;
  const score = (i: number): number => values[i * outputs + finding]!;
  const { order, tiedWithNext, positive } = rank(count, score, (i) => isPositive(part, i, finding));
  let [truePositives, falsePositives] = [0, 0];
  const highest = score(order[0]!);
  const counts: ThresholdCounts[] = [
    { threshold: highest < 1 ? (highest + 1) / 2 : NEVER, truePositives, falsePositives },
  ];
  for (let i = 0; i < count; i++) {
    if (positive[order[i]!]) truePositives++;
    else falsePositives++;
    if (tiedWithNext[i]) continue;
    const threshold = i + 1 < count ? (score(order[i]!) + score(order[i + 1]!)) / 2 : 0;
    counts.push({ threshold, truePositives, falsePositives });
  }
  return { positives: truePositives, negatives: falsePositives, counts };
}

/**
 * The corners of the ROC curve with thresholds and exact intervals, from never to always.
 * @param limit most corners, evenly spread along the curve; default 200
 * @returns nothing without positives or negatives
 */
export function rocCorners(part: ScoredPart, finding: number, limit = 200): readonly RocCorner[] {
  const { positives, negatives, counts } = thresholdCounts(part, finding);
  if (positives === 0 || negatives === 0) return [];
  const corners = counts.filter((now, i) => {
    const [before, after] = [counts[i - 1], counts[i + 1]];
    if (!before || !after) return true;
    const turn =
      (now.falsePositives - before.falsePositives) * (after.truePositives - now.truePositives) -
      (after.falsePositives - now.falsePositives) * (now.truePositives - before.truePositives);
    return turn !== 0;
  });
  const length = ({ truePositives, falsePositives }: ThresholdCounts): number =>
    (truePositives / positives + falsePositives / negatives) / 2;
  let kept = 0;
  const thinned =
    corners.length <= limit
      ? corners
      : corners.filter((corner, i) => {
          const keep = i === 0 || i === corners.length - 1 || length(corner) * (limit - 1) >= kept;
          if (keep) kept++;
          return keep;
        });
  const units = unitsOf(part.truth);
  return thinned.map((counts) => cornerOf(counts, { part, finding, units, positives, negatives }));
}

/**
 * What thresholds of another part decide on this one, image for image: that is on no corner of its own curve as a rule.
 * @param thresholds falling
 * @returns nothing without positives or negatives
 */
export function cornersAt(part: ScoredPart, finding: number, thresholds: readonly number[]): readonly RocCorner[] {
  const { count, outputs, values } = part.scores;
  const score = (i: number): number => values[i * outputs + finding]!;
  const { order, positive } = rank(count, score, (i) => isPositive(part, i, finding));
  const positives = positive.reduce((sum, value) => sum + value, 0);
  const negatives = count - positives;
  if (positives === 0 || negatives === 0) return [];
  const units = unitsOf(part.truth);
  let [said, truePositives, falsePositives] = [0, 0, 0];
  return thresholds.map((threshold) => {
    for (; said < count && score(order[said]!) >= threshold; said++) {
      if (positive[order[said]!]) truePositives++;
      else falsePositives++;
    }
    return cornerOf({ threshold, truePositives, falsePositives }, { part, finding, units, positives, negatives });
  });
}

function cornerOf(
  { threshold, truePositives, falsePositives }: ThresholdCounts,
  { part, finding, units, positives, negatives }: Cornered,
): RocCorner {
  const { outputs, values } = part.scores;
  const isThere = (i: number): boolean => isPositive(part, i, finding);
  const isSaid = (i: number): boolean => values[i * outputs + finding]! >= threshold;
  const intervals = units.patients
    ? {
        sensitivityInterval: shareInterval(units, isThere, isSaid),
        specificityInterval: shareInterval(
          units,
          (i) => !isThere(i),
          (i) => !isSaid(i),
        ),
      }
    : {
        sensitivityInterval: exactInterval(truePositives, positives),
        specificityInterval: exactInterval(negatives - falsePositives, negatives),
      };
  return {
    threshold,
    truePositives,
    falsePositives,
    sensitivity: truePositives / positives,
    specificity: 1 - falsePositives / negatives,
    ...intervals,
  };
}

/** What a curve is of. */
interface Cornered {
  readonly part: ScoredPart;
  readonly finding: number;
  readonly units: Units;
  readonly positives: number;
  readonly negatives: number;
}
