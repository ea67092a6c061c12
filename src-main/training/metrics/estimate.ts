import type { Part } from '../../datasets/dataset.js';
import { exactInterval } from '../../statistics/proportion.js';
import type { Estimate } from '../../vocabulary/diagnostics.js';
import type { Interval } from './interval.js';

/** With fewer images of one kind a bootstrap interval promises what it cannot keep: none is given. */
export const FEWEST_FOR_BOOTSTRAP = 10;

export function estimate(value: number, interval: Interval | null): Estimate {
  return { value, interval, missing: null };
}

export function notDefined(missing: string): Estimate {
  return { value: null, interval: null, missing };
}

/** A proportion with its exact interval. @param missing why it is not defined when there are no trials */
export function proportion(successes: number, trials: number, missing: string): Estimate {
  return trials === 0 ? notDefined(missing) : estimate(successes / trials, exactInterval(successes, trials));
}

export const PART_NAMES: { readonly [part in Part]: string } = { train: 'training', val: 'validation', test: 'test' };

/** `no image of class 3 in the test part`; of a label that is a name, `no image of "malignant" …`. */
export function absent(label: string, part: Part): string {
  return `no image of ${named(label)} in the ${PART_NAMES[part]} part`;
}

/** `every image of the test part is "malignant"` */
export function nothingElse(label: string, part: Part): string {
  return `every image of the ${PART_NAMES[part]} part is ${named(label)}`;
}

export function named(label: string): string {
  return /^\d+$/.test(label) ? `class ${label}` : `"${label}"`;
}
