import type { Labels } from '../../datasets/dataset.js';
import { imagesOfPatients } from '../../datasets/subjects.js';
import { clusteredInterval, exactInterval } from '../../statistics/proportion.js';
import type { Interval } from './interval.js';

/**
 * What is independent of each other in a part: its patients where it knows them, else its images. Intervals are drawn over
 * units, because two images of one patient say less than those of two.
 */
export interface Units {
  readonly images: number;
  /** Images of each patient; null where every image is a unit of its own. */
  readonly patients: readonly Uint32Array[] | null;
}

export function unitsOf({ count, subjects }: Labels): Units {
  const numbers = subjects?.patients;
  if (!numbers) return { images: count, patients: null };
  const patients = imagesOfPatients(numbers);
  if (patients.length === count) return { images: count, patients: null };
  return { images: count, patients: patients.map((images) => Uint32Array.from(images)) };
}

/** Units that have at least one of the images. */
export function countUnits({ images, patients }: Units, has: (image: number) => boolean): number {
  let units = 0;
  if (patients) for (const list of patients) units += Number(list.some(has));
  else for (let i = 0; i < images; i++) units += Number(has(i));
  return units;
}

/**
 * The exact 95 % interval of the share of some images for which something holds; by patients where they are known.
 * @param isCounted of at least one image
 */
export function shareInterval(
  { images, patients }: Units,
  isCounted: (image: number) => boolean,
  holds: (image: number) => boolean,
): Interval {
  if (!patients) {
    let [successes, trials] = [0, 0];
    for (let i = 0; i < images; i++) {
      if (!isCounted(i)) continue;
      trials++;
      if (holds(i)) successes++;
    }
    return exactInterval(successes, trials);
  }
  return clusteredInterval(
    patients.map((list) => {
      let [successes, trials] = [0, 0];
      for (const i of list) {
        if (!isCounted(i)) continue;
        trials++;
        if (holds(i)) successes++;
      }
      return { successes, trials };
    }),
  );
}
