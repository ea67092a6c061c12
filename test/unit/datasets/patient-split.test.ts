import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../../../src-main/compute/random.js';
import { halvesByPatient, splitByPatient } from '../../../src-main/datasets/patient-split.js';

const PARTS = ['train', 'val', 'test'] as const;
const SHARES = { train: 70, val: 10, test: 20 };

interface Collection {
  readonly patients: Int32Array;
  readonly labels: number[][];
  readonly classes: number;
}

/** Patients of 1 to `most` images, some images without one, classes of different frequency. */
function draw(random: Random, most: number): Collection {
  const classes = 2 + random.integer(5);
  const patients: number[] = [];
  const labels: number[][] = [];
  const add = (patient: number): void => {
    patients.push(patient);
    const first = Math.min(random.integer(classes), random.integer(classes));
    labels.push(random.integer(5) === 0 ? [...new Set([first, random.integer(classes)])] : [first]);
  };
  const count = 5 + random.integer(120);
  for (let patient = 0; patient < count; patient++) {
    const size = random.integer(4) === 0 ? 1 + random.integer(most) : 1;
    for (let image = 0; image < size; image++) add(patient);
  }
  for (let image = random.integer(20); image > 0; image--) add(-1);
  return { patients: Int32Array.from(patients), labels, classes };
}

/** Parts in which each patient stands, by number. */
function partsOfPatients({ patients }: Collection, parts: Uint8Array): Map<number, Set<number>> {
  const found = new Map<number, Set<number>>();
  patients.forEach((patient, image) => {
    if (patient >= 0) found.set(patient, (found.get(patient) ?? new Set()).add(parts[image]!));
  });
  return found;
}

const largestPatient = (patients: Int32Array): number => {
  const sizes = new Map<number, number>();
  for (const patient of patients) if (patient >= 0) sizes.set(patient, (sizes.get(patient) ?? 0) + 1);
  return Math.max(1, ...sizes.values());
};

describe('a split by patient', () => {
  test.each([1, 8, 60])('120 drawn collections with patients of up to %i images', (most) => {
    for (let seed = 0; seed < 120; seed++) {
      const random = createRandom(seed, 'collection');
      const collection = draw(random, most);
      const shares =
        seed % 3 === 0 ? SHARES : { train: 1 + random.integer(9), val: 1 + random.integer(9), test: random.integer(5) };
      const parts = splitByPatient({ ...collection, shares }, createRandom(seed, 'split'));
      for (const [patient, those] of partsOfPatients(collection, parts)) {
        expect(those.size, `patient ${patient} of collection ${seed}`).toBe(1);
      }
      const sum = shares.train + shares.val + shares.test;
      PARTS.forEach((part, p) => {
        const wanted = (collection.patients.length * shares[part]) / sum;
        const got = parts.filter((value) => value === p).length;
        const allowed = largestPatient(collection.patients);
        expect(Math.abs(got - wanted), `${part} of collection ${seed}`).toBeLessThanOrEqual(allowed);
        if (shares[part] === 0) expect(got).toBe(0);
      });
      expect(splitByPatient({ ...collection, shares }, createRandom(seed, 'split'))).toEqual(parts);
    }
  });

  test('without patients the shares are exact and every class is divided as the whole', () => {
    const labels = Array.from({ length: 1000 }, (_, image) => [image < 30 ? 2 : image < 330 ? 1 : 0]);
    const patients = new Int32Array(1000).fill(-1);
    const parts = splitByPatient({ patients, labels, classes: 3, shares: SHARES }, createRandom(5, 'split'));
    const count = (label: number): number[] =>
      [0, 1, 2].map((part) => parts.filter((value, image) => value === part && labels[image]![0] === label).length);
    expect([count(0), count(1), count(2)]).toEqual([
      [469, 67, 134],
      [210, 30, 60],
      [21, 3, 6],
    ]);
  });

  test('a rare class stands in every part as soon as three patients have it', () => {
    for (let seed = 0; seed < 100; seed++) {
      const random = createRandom(seed, 'rare');
      const patients = Int32Array.from({ length: 300 }, (_, image) => Math.floor(image / (1 + (seed % 4))));
      const labels = Array.from({ length: 300 }, () => [random.integer(2)]);
      const those = random.shuffle([...new Set(patients)]).slice(0, 3);
      patients.forEach((patient, image) => {
        if (those.includes(patient)) labels[image] = [2];
      });
      const parts = splitByPatient({ patients, labels, classes: 3, shares: SHARES }, createRandom(seed, 'split'));
      const found = new Set([...parts].filter((_, image) => labels[image]![0] === 2));
      expect([...found].sort(), `collection ${seed}`).toEqual([0, 1, 2]);
    }
  });

  test('patients with many images come into every part, as often as their share says', () => {
    const patients = Int32Array.from({ length: 2000 }, (_, image) => (image < 1000 ? Math.floor(image / 10) : image));
    const labels = Array.from({ length: 2000 }, () => [0]);
    const parts = splitByPatient({ patients, labels, classes: 1, shares: SHARES }, createRandom(1, 'split'));
    const large = [0, 1, 2].map((part) => parts.subarray(0, 1000).filter((value) => value === part).length / 10);
    expect(large).toEqual([70, 10, 20]);
  });

  test('what one very large patient leaves is divided as the shares are', () => {
    const patients = Int32Array.from({ length: 1000 }, (_, image) => Math.max(0, image - 900));
    const labels = Array.from({ length: 1000 }, () => [0]);
    const parts = splitByPatient({ patients, labels, classes: 1, shares: SHARES }, createRandom(1, 'split'));
    expect([0, 1, 2].map((part) => parts.filter((value) => value === part).length)).toEqual([901, 33, 66]);
  });

  test('another seed, other parts', () => {
    const collection = draw(createRandom(1, 'collection'), 8);
    const parts = (seed: number): string =>
      splitByPatient({ ...collection, shares: SHARES }, createRandom(seed, 'split')).join('');
    expect(parts(1)).not.toBe(parts(2));
  });

  test('one patient alone, and no image at all', () => {
    const of = (length: number): Uint8Array =>
      splitByPatient(
        { patients: new Int32Array(length), labels: Array.from({ length }, () => [0]), classes: 1, shares: SHARES },
        createRandom(1, 'split'),
      );
    expect(of(4)).toEqual(new Uint8Array(4));
    expect(of(0)).toEqual(new Uint8Array(0));
  });
});

describe('halves by patient', () => {
  test('120 drawn collections: every image once, no patient in both, at most half and short by less than a patient', () => {
    for (let seed = 0; seed < 120; seed++) {
      const { patients } = draw(createRandom(seed, 'collection'), 12);
      const [first, second] = halvesByPatient(patients, createRandom(seed, 'halves'));
      expect([...first, ...second].sort((a, b) => a - b)).toEqual([...patients.keys()]);
      const known = new Set([...first].map((image) => patients[image]!).filter((patient) => patient >= 0));
      expect([...second].filter((image) => known.has(patients[image]!))).toEqual([]);
      const half = Math.ceil(patients.length / 2);
      expect(first.length).toBeLessThanOrEqual(half);
      expect(half - first.length).toBeLessThan(largestPatient(patients));
      expect(halvesByPatient(patients, createRandom(seed, 'halves'))).toEqual([first, second]);
    }
  });

  test.each([0, 1, 2, 7, 100])('%i images without patients: the shuffled images, cut in the middle', (count) => {
    const random = createRandom(9, 'split');
    const order = random.shuffle(Uint32Array.from({ length: count }, (_, i) => i));
    const half = Math.ceil(count / 2);
    const halves = halvesByPatient(new Int32Array(count).fill(-1), createRandom(9, 'split'));
    expect(halves).toEqual([order.slice(0, half), order.slice(half)]);
  });
});
