import type { Random } from '../compute/random.js';
import type { LabelledImages, Part } from './dataset.js';
import { PARTS } from './medmnist-structure.js';
import { imagesOfPatients } from './subjects.js';

/*
 * Every way in which MedForge divides images, one patient never on two sides: parts of an import, halves of a search, folds of a
 * race.
 */

export interface PatientSplitInput {
  /** Number of each image's patient; below 0: not known, the image is a patient of its own. */
  readonly patients: Int32Array;
  /** Class numbers of each image. */
  readonly labels: readonly (readonly number[])[];
  readonly classes: number;
  /** Of each part, in any unit; a part with 0 stays empty. */
  readonly shares: { readonly [part in Part]: number };
}

/**
 * Draws train, validation and test parts so that no patient stands in two of them.
 *
 * The number of images of a part differs from its share by fewer images than one patient has. Within that, each class is divided
 * as the whole is, and stands in every part where enough patients have it.
 * @param random draws the order of patients of equal size; the same state gives the same parts
 * @returns the part of each image: 0 train, 1 val, 2 test
 */
export function splitByPatient(input: PatientSplitInput, random: Random): Uint8Array {
  const patients = gatherPatients(input);
  const draft = new Draft(patients, input, random);
  draft.reserve();
  draft.fill();
  draft.balance();
  const parts = new Uint8Array(input.patients.length);
  for (const { images, part } of patients) for (const image of images) parts[image] = part;
  return parts;
}

interface Patient {
  readonly images: readonly number[];
  /** Pairs of a class and the number of the patient's images that have it. */
  readonly classes: readonly (readonly [number, number])[];
  /** −1: not yet in a part. */
  part: number;
}

/** In the order of their first image. */
function gatherPatients({ patients, labels }: PatientSplitInput): Patient[] {
  return imagesOfPatients(patients).map((images) => {
    const counts = new Map<number, number>();
    for (const image of images) for (const label of labels[image]!) counts.set(label, (counts.get(label) ?? 0) + 1);
    return { images, classes: [...counts], part: -1 };
  });
}

class Draft {
  /** Images of each part still missing; below 0: too many. */
  private readonly need: number[];
  /** The same for each class: [class][part]. */
  private readonly classNeed: number[][];
  /** Patients of each class in each part: [class][part]. */
  private readonly present: number[][];
  private readonly patientsOfClass: number[];
  private readonly imagesOfClass: readonly number[];
  private readonly share: readonly number[];
  /** Parts that get images. */
  private readonly open: number[];
  /** The largest patients first, those of equal size in a drawn order. */
  private readonly order: Patient[];

  constructor(
    patients: readonly Patient[],
    { patients: { length: images }, classes, shares }: PatientSplitInput,
    random: Random,
  ) {
    const total = PARTS.reduce((sum, part) => sum + shares[part], 0);
    const share = PARTS.map((part) => shares[part] / total);
    this.share = share;
    this.open = share.flatMap((value, part) => (value > 0 ? [part] : []));
    this.need = share.map((value) => value * images);
    const counts = new Array<number>(classes).fill(0);
    this.patientsOfClass = new Array<number>(classes).fill(0);
    for (const patient of patients) {
      for (const [label, count] of patient.classes) {
        counts[label]! += count;
        this.patientsOfClass[label]!++;
      }
    }
    this.imagesOfClass = counts;
    this.classNeed = counts.map((count) => share.map((value) => value * count));
    this.present = counts.map(() => share.map(() => 0));
    const drawn = random.shuffle(patients.map((_, i) => i)).map((i) => patients[i]!);
    this.order = drawn.sort((a, b) => b.images.length - a.images.length);
  }

  /** One patient of each class for each part, of the rarest class first: the smallest ones, which bind the least. */
  reserve(): void {
    const ofClass = this.patientsOfClass.map((): Patient[] => []);
    for (const patient of this.order.toReversed()) for (const [label] of patient.classes) ofClass[label]!.push(patient);
    const rarest = ofClass.map((_, label) => label).sort((a, b) => ofClass[a]!.length - ofClass[b]!.length || a - b);
    const smallestFirst = [...this.open].sort((a, b) => this.need[a]! - this.need[b]! || a - b);
    for (const label of rarest) {
      if (ofClass[label]!.length < this.open.length) continue;
      for (const part of smallestFirst) {
        if (this.present[label]![part]! > 0 || this.need[part]! <= 0) continue;
        const free = ofClass[label]!.find(({ part: taken }) => taken < 0);
        if (free !== undefined) this.put(free, part);
      }
    }
  }

  /** Everyone else where they are needed most: by their classes, as long as the part has room for them. */
  fill(): void {
    for (const patient of this.order) {
      if (patient.part >= 0) continue;
      const room = this.open.filter((part) => this.need[part]! >= patient.images.length);
      const allowed = room.length > 0 ? room : [this.open.reduce((a, b) => (this.need[b]! > this.need[a]! ? b : a))];
      this.put(
        patient,
        this.best(allowed, (part) => this.wish(patient, part)),
      );
    }
  }

  /**
   * Moves patients from parts with too many images to parts with too few while that brings the parts nearer to their shares. In
   * the end no part is farther from its share than the smallest patient of the part that has most too many.
   */
  balance(): void {
    const members = PARTS.map((_, part) => this.order.filter((patient) => patient.part === part).toReversed());
    for (;;) {
      const move = this.bestMove(members);
      if (move === null) return;
      const { patient, to } = move;
      const from = patient.part;
      members[from]!.splice(members[from]!.indexOf(patient), 1);
      const at = members[to]!.findIndex(({ images }) => images.length >= patient.images.length);
      members[to]!.splice(at < 0 ? members[to]!.length : at, 0, patient);
      this.take(patient);
      this.put(patient, to);
    }
  }

  /** The move that helps the sizes most, and of those of one size the classes; last ones of a class stay while others can go. */
  private bestMove(members: readonly (readonly Patient[])[]): { patient: Patient; to: number } | null {
    let best: { patient: Patient; to: number; last: boolean; gain: number; wish: number } | null = null;
    for (const from of this.open) {
      for (const to of this.open) {
        if (this.need[from]! >= 0 || this.need[to]! <= 0) continue;
        const gap = this.need[to]! - this.need[from]!;
        // members are sorted by size: none further on can help
        for (const patient of members[from]!) {
          const size = patient.images.length;
          if (size >= gap - 1e-9) break;
          const gain = Math.round(1e6 * size * (gap - size));
          const last = patient.classes.some(
            ([label]) => this.present[label]![from] === 1 && this.patientsOfClass[label]! >= this.open.length,
          );
          const wish = this.wish(patient, to) - this.wish(patient, from);
          const better =
            best === null ||
            (last !== best.last ? !last : gain !== best.gain ? gain > best.gain : wish > best.wish + 1e-12);
          if (better) best = { patient, to, last, gain, wish };
        }
      }
    }
    return best;
  }

  /**
   * How far a part is behind with the classes of a patient, as a share of what it shall have of them, were half of the patient in
   * it: so the large patients are divided as the small ones are (the divisors of Sainte-Laguë). Rare classes weigh more.
   */
  private wish(patient: Patient, part: number): number {
    let sum = 0;
    for (const [label, count] of patient.classes) {
      const missing = this.classNeed[label]![part]! + (patient.part === part ? count : 0);
      sum +=
        (count / this.imagesOfClass[label]!) * ((missing - count / 2) / this.share[part]! / this.imagesOfClass[label]!);
    }
    return sum;
  }

  private best(parts: readonly number[], value: (part: number) => number): number {
    return parts.reduce((a, b) => {
      const difference = value(b) - value(a);
      return difference > 1e-12 || (Math.abs(difference) <= 1e-12 && this.need[b]! > this.need[a]!) ? b : a;
    });
  }

  private put(patient: Patient, part: number): void {
    patient.part = part;
    this.count(patient, part, 1);
  }

  private take(patient: Patient): void {
    this.count(patient, patient.part, -1);
    patient.part = -1;
  }

  private count(patient: Patient, part: number, sign: 1 | -1): void {
    this.need[part]! -= sign * patient.images.length;
    for (const [label, count] of patient.classes) {
      this.classNeed[label]![part]! -= sign * count;
      this.present[label]![part]! += sign;
    }
  }
}

/**
 * Two halves of a search: images shuffled, then patient by patient, in the order of their first image, into the first half as long
 * as it has room. It is at most half (one image more where the number is odd) and smaller by less than any patient of the other.
 * Where no patient is known these are the two halves of the shuffled images.
 * @param patients number of each image's patient; below 0: not known, the image is a patient of its own
 * @returns indices of images, both in the order of the shuffle
 */
export function halvesByPatient(patients: Int32Array, random: Random): [Uint32Array, Uint32Array] {
  const order = random.shuffle(Uint32Array.from(patients, (_, image) => image));
  const sizes = new Map<number, number>();
  for (const patient of patients) if (patient >= 0) sizes.set(patient, (sizes.get(patient) ?? 0) + 1);
  const taken = new Map<number, boolean>();
  let room = Math.ceil(order.length / 2);
  const enters = (size: number): boolean => {
    const fits = size <= room;
    if (fits) room -= size;
    return fits;
  };
  const inFirst = Uint8Array.from(order, (image) => {
    const patient = patients[image]!;
    if (patient < 0) return enters(1) ? 1 : 0;
    const known = taken.get(patient);
    if (known !== undefined) return known ? 1 : 0;
    const fits = enters(sizes.get(patient)!);
    taken.set(patient, fits);
    return fits ? 1 : 0;
  });
  return [order.filter((_, i) => inFirst[i] === 1), order.filter((_, i) => inFirst[i] === 0)];
}

/**
 * Folds of a cross-validation: patients shuffled, then class by class, each with all of its images to the fold that has the fewest so
 * far, so that folds are of about one size and each has its share of every class.
 * @param patients number of each image's patient; below 0: not known, the image is a patient of its own
 * @param classOf class of an image, its patient's where it is the first; null where images have several labels
 * @returns fold of each image
 */
export function foldsByPatient(
  patients: Int32Array,
  folds: number,
  classOf: ((image: number) => number) | null,
  random: Random,
): Uint8Array {
  const groups = imagesOfPatients(patients);
  const order = random.shuffle(Uint32Array.from(groups, (_, group) => group));
  const dealt = classOf ? order.sort((a, b) => classOf(groups[a]![0]!) - classOf(groups[b]![0]!)) : order;
  const sizes = new Array<number>(folds).fill(0);
  const fold = new Uint8Array(patients.length);
  for (const group of dealt) {
    const least = sizes.indexOf(Math.min(...sizes));
    sizes[least]! += groups[group]!.length;
    for (const image of groups[group]!) fold[image] = least;
  }
  return fold;
}

/** Patients of a part that may know none. */
export const patientsOf = ({ labels }: Pick<LabelledImages, 'labels'>): Int32Array =>
  labels.subjects?.patients ?? new Int32Array(labels.count).fill(-1);
