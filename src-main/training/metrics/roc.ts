import type { Ranking } from './auc.js';

export type RocPoint = readonly [falsePositiveRate: number, truePositiveRate: number];

/** Every corner of the ROC curve, from (0, 0) to (1, 1); a curve without positives or negatives is empty. */
export function rocCurve(ranking: Ranking): readonly RocPoint[] {
  const { order, tiedWithNext, positive } = ranking;
  const positives = positive.reduce((sum, value) => sum + value, 0);
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return [];
  const counts: [number, number][] = [[0, 0]];
  let truePositives = 0;
  let falsePositives = 0;
  for (let i = 0; i < order.length; i++) {
    if (positive[order[i]!]) truePositives++;
    else falsePositives++;
    if (tiedWithNext[i]) continue;
    const last = counts[counts.length - 1]!;
    const before = counts[counts.length - 2];
    // a point on the straight line through its neighbours is no corner; counts are integers, so the test is exact
    const straight =
      before !== undefined &&
      (last[0] - before[0]) * (truePositives - last[1]) === (last[1] - before[1]) * (falsePositives - last[0]);
    if (straight) counts.pop();
    counts.push([falsePositives, truePositives]);
  }
  return counts.map(([false_, true_]) => [false_ / negatives, true_ / positives]);
}

/**
 * At most `limit` points of a curve, evenly spread along its length, both ends kept.
 * @param limit default 200, at least 2
 */
export function thin(curve: readonly RocPoint[], limit = 200): readonly RocPoint[] {
  if (curve.length <= limit) return curve;
  // both rates only grow, so their sum runs from 0 to 2 along the curve
  const kept: RocPoint[] = [curve[0]!];
  for (const point of curve.slice(1, -1)) {
    const progress = ((point[0] + point[1]) / 2) * (limit - 1);
    if (progress >= kept.length && kept.length < limit - 1) kept.push(point);
  }
  return [...kept, curve[curve.length - 1]!];
}
