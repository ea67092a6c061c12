import type { Labels } from '../../datasets/dataset.js';
import { chosenSubjects, imagesOfPatients } from '../../datasets/subjects.js';
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

export function unitsOf({ count, subjects }: Pick<Labels, 'count' | 'subjects'>): Units {
  const numbers = subjects?.patients;
  if (!numbers) return { images: count, patients: null };
  const patients = imagesOfPatients(numbers);
  if (patients.length === count) return { images: count, patients: null };
  return { images: count, patients: patients.map((images) => Uint32Array.from(images)) };
}

/** Units of some images of a part, by their places among these. */
export function unitsAmong({ subjects }: Labels, images: ArrayLike<number>): Units {
  return unitsOf({ count: images.length, ...(subjects && { subjects: chosenSubjects(subjects, images) }) });
}

/** Units of images one behind the other that have no patient in common. */
export function joinedUnits(parts: readonly Units[]): Units {
  const images = parts.reduce((sum, part) => sum + part.images, 0);
  if (parts.every(({ patients }) => patients === null)) return { images, patients: null };
  let before = 0;
  const patients = parts.flatMap((part) => {
    const lists = part.patients ?? Array.from({ length: part.images }, (_, i) => Uint32Array.of(i));
    const moved = lists.map((list) => list.map((image) => image + before));
    before += part.images;
    return moved;
  });
  return { images, patients };
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
