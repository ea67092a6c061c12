import { isMultiLabel, type Part } from '../../datasets/dataset.js';
import type { Statistic } from './bootstrap.js';
import { absent, FEWEST_FOR_BOOTSTRAP, nothingElse } from './estimate.js';
import { isPositive, isPredicted, predictedClass, type ScoredPart } from './scores.js';

/** Images that are alike in truth, and which of them are answered rightly: a class, or those with or without a label. */
interface Group {
  readonly images: Uint32Array;
  readonly right: Uint8Array;
  /** Why it has no image, should it have none. */
  readonly missing: string;
}

/** Every class; of labels, the images with and those without each. */
function groupsOf(part: ScoredPart, labels: readonly string[], name: Part): readonly Group[] {
  const { count, outputs } = part.scores;
  const all = Array.from({ length: count }, (_, i) => i);
  const group = (images: number[], isRight: (i: number) => boolean, missing: string): Group => ({
    images: Uint32Array.from(images),
    right: Uint8Array.from(images, (i) => (isRight(i) ? 1 : 0)),
    missing,
  });
  return Array.from({ length: outputs }, (_, k) => {
    const label = labels[k] ?? String(k);
    const positives = all.filter((i) => isPositive(part, i, k));
    if (!isMultiLabel(part.task)) {
      return [group(positives, (i) => predictedClass(part, i) === k, absent(label, name))];
    }
    const negatives = all.filter((i) => !isPositive(part, i, k));
    return [
      group(positives, (i) => isPredicted(part, i, k), absent(label, name)),
      group(negatives, (i) => !isPredicted(part, i, k), nothingElse(label, name)),
    ];
  }).flat();
}

/**
 * The mean share of right answers over the classes (Brodersen et al. 2010): 1/classes for who always says the same. Of
 * labels, over the images with and those without each.
 */
export function balancedAccuracy(
  part: ScoredPart,
  labels: readonly string[],
  name: Part,
): {
  /** NaN where a class has no image. */
  readonly statistic: Statistic;
  readonly value: number;
  /** Why it is not defined, else null. */
  readonly missing: string | null;
  /** Whether every class has images enough for a bootstrap interval. */
  readonly enough: boolean;
} {
  const groups = groupsOf(part, labels, name);
  const statistic: Statistic = (weights) => {
    let sum = 0;
    for (const { images, right } of groups) {
      let [all, hits] = [0, 0];
      for (let n = 0; n < images.length; n++) {
        const weight = weights[images[n]!]!;
        all += weight;
        hits += weight * right[n]!;
      }
      sum += hits / all;
    }
    return sum / groups.length;
  };
  const missing = groups.find(({ images }) => images.length === 0)?.missing ?? null;
  return {
    statistic,
    value: statistic(new Uint32Array(part.scores.count).fill(1)),
    missing,
    enough: groups.every(({ images }) => images.length >= FEWEST_FOR_BOOTSTRAP),
  };
}
