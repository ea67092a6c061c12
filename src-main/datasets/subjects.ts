import type { Grouping, Subjects } from './dataset.js';

/** Subjects of some images of a part. @param indices of the images, in the order of the result */
export function chosenSubjects({ patients, groupings }: Subjects, indices: ArrayLike<number>): Subjects {
  const numbers = Array.from(indices);
  return {
    patients: patients && Int32Array.from(numbers, (i) => patients[i]!),
    groupings: groupings.map((grouping) => ({
      ...grouping,
      valueOf: Uint16Array.from(numbers, (i) => grouping.valueOf[i]!),
    })),
  };
}

/**
 * Subjects of parts one behind the other.
 * @returns undefined unless all parts have them, with the same groupings
 */
export function joinedSubjects(parts: readonly (Subjects | undefined)[]): Subjects | undefined {
  const known = parts.filter((part) => part !== undefined);
  const first = known[0];
  if (first === undefined || known.length < parts.length) return undefined;
  const patients = known.every((part) => part.patients !== null)
    ? Int32Array.from(known.flatMap((part) => Array.from(part.patients ?? [])))
    : null;
  const groupings = first.groupings.map((grouping, g): Grouping => ({
    ...grouping,
    valueOf: Uint16Array.from(known.flatMap((part) => Array.from(part.groupings[g]?.valueOf ?? []))),
  }));
  return { patients, groupings };
}

/**
 * Images of each patient, patients in the order of their first image.
 * @param patients number of each image's patient; below 0: not known, the image is a patient of its own
 */
export function imagesOfPatients(patients: ArrayLike<number>): readonly (readonly number[])[] {
  const imagesOf = new Map<number, number[]>();
  const all: number[][] = [];
  for (let i = 0; i < patients.length; i++) {
    const patient = patients[i]!;
    const known = patient < 0 ? undefined : imagesOf.get(patient);
    if (known) {
      known.push(i);
      continue;
    }
    const images = [i];
    all.push(images);
    if (patient >= 0) imagesOf.set(patient, images);
  }
  return all;
}
