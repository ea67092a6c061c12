import { PART_NAMES, type Part } from '../../datasets/dataset.js';
import type { Estimate } from '../../vocabulary/diagnostics.js';
import type { Interval } from './interval.js';
import { shareInterval, type Units } from './units.js';

/** With fewer images of one kind a bootstrap interval promises what it cannot keep: none is given. */
export const FEWEST_FOR_BOOTSTRAP = 10;

export function estimate(value: number, interval: Interval | null): Estimate {
  return { value, interval, missing: null };
}

export function notDefined(missing: string): Estimate {
  return { value: null, interval: null, missing };
}

/**
 * The share of some images for which something holds, with its exact interval.
 * @param missing why it is not defined when no image is counted
 */
export function shareOf(
  units: Units,
  isCounted: (image: number) => boolean,
  holds: (image: number) => boolean,
  missing: string,
): Estimate {
  let [successes, trials] = [0, 0];
  for (let i = 0; i < units.images; i++) {
    if (!isCounted(i)) continue;
    trials++;
    if (holds(i)) successes++;
  }
  return trials === 0 ? notDefined(missing) : estimate(successes / trials, shareInterval(units, isCounted, holds));
}

/** `no image of class 3 in the test set`; of a label that is a name, `no image of "malignant" …`. */
export function absent(label: string, part: Part): string {
  return `no image of ${named(label)} in the ${PART_NAMES[part]} set`;
}

/** `every image of the test set is "malignant"` */
export function nothingElse(label: string, part: Part): string {
  return `every image of the ${PART_NAMES[part]} set is ${named(label)}`;
}

export function named(label: string): string {
  return /^\d+$/.test(label) ? `class ${label}` : `"${label}"`;
}
