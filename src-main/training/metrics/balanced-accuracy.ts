import { isMultiLabel, type Part } from '../../datasets/dataset.js';
import type { Estimate } from '../../vocabulary/diagnostics.js';
import { withWidth, type Statistic } from './bootstrap.js';
import { absent, estimate, FEWEST_FOR_BOOTSTRAP, notDefined, nothingElse } from './estimate.js';
import { percentileInterval } from './interval.js';
import { isPositive, isPredicted, predictedClass, type ScoredPart } from './scores.js';
import { countUnits, unitsOf, type Units } from './units.js';

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

export interface BalancedAccuracy {
  /** NaN where a class has no image. */
  readonly statistic: Statistic;
  readonly value: number;
  /** Why it is not defined, else null. */
  readonly missing: string | null;
  /** Whether every class has images, or patients, enough for a bootstrap interval. */
  readonly enough: boolean;
}

/**
 * The mean share of right answers over the classes (Brodersen et al. 2010): 1/classes for who always says the same. Of
 * labels, over the images with and those without each.
 */
export function balancedAccuracy(part: ScoredPart, labels: readonly string[], name: Part): BalancedAccuracy {
  const groups = groupsOf(part, labels, name);
  const units = unitsOf(part.truth);
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
    enough: groups.every(({ images }) => unitsWith(units, images) >= FEWEST_FOR_BOOTSTRAP),
  };
}

/** With the interval of its resampled values. */
export function balancedEstimate({ value, missing, enough }: BalancedAccuracy, resampled: readonly number[]): Estimate {
  return missing === null
    ? estimate(value, enough ? withWidth(percentileInterval(resampled)) : null)
    : notDefined(missing);
}

function unitsWith(units: Units, images: Uint32Array): number {
  const has = new Set(images);
  return countUnits(units, (i) => has.has(i));
}
