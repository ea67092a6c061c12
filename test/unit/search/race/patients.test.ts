import { expect, describe, it } from 'vitest';
import { createRandom } from '../../../../src-main/compute/random.js';
import type { TrainingView } from '../../../../src-main/datasets/judging-views.js';
import { imageComponent } from '../../../../src-main/search/race/estimates.js';
import { finalEvidence } from '../../../../src-main/search/race/evidence.js';
import { standing } from '../../../../src-main/search/race/standing.js';
import { verdictOf, type VerdictInput } from '../../../../src-main/search/race/verdict.js';
import type { TrainingResult } from '../../../../src-main/training/training-series.js';
import { unitsAmong, type Units } from '../../../../src-main/training/metrics/units.js';
import { tinyDataset } from '../../training/tiny-dataset.js';
import { simulateRace } from './simulated-race.js';

/** One view that the images of some patients judge; −1: the patient of the image is not known. */
function judgedBy(patients: readonly number[] | null): TrainingView {
  const dataset = tinyDataset();
  const { images, labels } = dataset.parts.test;
  const count = patients?.length ?? images.count;
  const subjects = patients && { patients: Int32Array.from(patients), groupings: [] };
  const pool = { images, labels: { ...labels, ...(subjects && { subjects }) } };
  const judging = [{ pool, images: Uint32Array.from({ length: count }, (_, i) => i) }];
  return { dataset, training: new Uint32Array(0), judging };
}

const said = (right: readonly number[]): TrainingResult => [
  { right: Float32Array.from(right), losses: Float32Array.from(right, (one) => 1 - one), auc: NaN },
];
const training = { rung: 3, entrant: 0, repeat: 0, view: 0, epochs: 4, seed: 1, batches: 1 };
const entrants: VerdictInput['entrants'] = [
  { source: 'search', label: 'sample 1', genotype: { stages: [] }, parameters: 100, insideBudget: true },
];
const validationOf = (patients: readonly number[] | null, right: readonly number[]) =>
  standing({ entrants, views: [judgedBy(patients)] }, [training], [said(right)])[0]!.validation!;

describe('the interval of an entrant', () => {
  const right = Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? 0 : 1));
  const twice = right.flatMap((one) => [one, one]);
  const ofTwo = twice.map((_, i) => i >> 1);

  it('says no more of a patient whose image is there twice', () => {
    const [once, doubled, asImages] = [
      validationOf(null, right),
      validationOf(ofTwo, twice),
      validationOf(null, twice),
    ];
    expect(doubled).toMatchObject({ images: 60, patients: 30, accuracy: once.accuracy });
    expect(doubled.standardError).toBeCloseTo(once.standardError, 12);
    doubled.accuracyInterval.forEach((end, i) => expect(end).toBeCloseTo(once.accuracyInterval[i]!, 12));
    expect(asImages.patients).toBeNull();
    expect(asImages.standardError).toBeLessThan(0.8 * doubled.standardError);
  });

  it('counts patients where all is right, and an image of nobody known by itself', () => {
    const ones = Array.from({ length: 20 }, () => 1);
    const byPatients = validationOf(
      ones.map((_, i) => i >> 2),
      ones,
    );
    expect(byPatients.accuracyInterval).toEqual(validationOf(null, ones.slice(0, 5)).accuracyInterval);
    const unknown = validationOf(
      ones.map(() => -1),
      ones,
    );
    expect(unknown.accuracyInterval).toEqual(validationOf(null, ones).accuracyInterval);
  });

  it('of a single patient says nothing of others', () => {
    const [low, high] = validationOf(
      right.map(() => 7),
      right,
    ).accuracyInterval;
    expect(high - low).toBeGreaterThan(0.9);
  });

  it('by hand: two patients, all of one right, none of the other', () => {
    const { labels } = judgedBy([4, 4, 9, 9]).judging[0]!.pool;
    // Means 1 and 0 of the patients: a variance of 1/2, over 2 of them.
    expect(imageComponent([1, 1, 0, 0], unitsAmong(labels, [0, 1, 2, 3]))).toEqual({
      variance: 0.25,
      degreesOfFreedom: 1,
    });
  });
});

describe('the verdict', () => {
  const world = {
    images: 120,
    architectures: 0.3,
    perImage: 0.3,
    trainings: 0.07,
    batches: 0.07,
    clump: 0.3,
    gain: 0.8,
  };
  const input = simulateRace({ ...world, crossValidated: false }, createRandom(4, 'patients'));
  const units: Units = {
    images: 240,
    patients: Array.from({ length: 120 }, (_, i) => Uint32Array.of(2 * i, 2 * i + 1)),
  };
  const twice = (values: Float32Array): Float32Array => Float32Array.from([...values].flatMap((one) => [one, one]));
  const doubled = (of: Units): VerdictInput => ({
    ...input,
    first: input.first.map((one) => ({ ...one, right: twice(one.right), units: of })),
    final: {
      ...input.final,
      folds: Uint8Array.from([...input.final.folds].flatMap((fold) => [fold, fold])),
      units: of,
      repeats: new Map(
        [...input.final.repeats].map(([entrant, repeats]) => [
          entrant,
          repeats.map(({ right, losses }) => ({ right: twice(right), losses: twice(losses) })),
        ]),
      ),
    },
  });

  it('is the same where every patient has two images that are alike, not a surer one', () => {
    const [once, ofPatients, ofImages] = [
      verdictOf(input),
      verdictOf(doubled(units)),
      verdictOf(doubled({ ...units, patients: null })),
    ];
    for (const difference of ['random', 'empty', 'chain'] as const) {
      const [a, b] = [once.differences[difference]!, ofPatients.differences[difference]!];
      expect(b.difference).toBeCloseTo(a.difference, 10);
      b.interval.forEach((end, i) => expect(end).toBeCloseTo(a.interval[i]!, 10));
      const width = ([low, high]: readonly [number, number]): number => high - low;
      expect(width(ofImages.differences[difference]!.interval)).toBeLessThan(width(b.interval));
    }
    expect(ofPatients.proposals!.pValue).toBeCloseTo(once.proposals!.pValue, 10);
    expect(ofPatients.conclusion).toBe(once.conclusion);
  });

  it('chooses by no image of a patient whose other image measures', () => {
    const patients = Array.from({ length: 60 }, (_, i) => (i * 7) % 23);
    const { folds, units: found } = finalEvidence(
      { views: [judgedBy(patients)] },
      [training],
      [said(patients.map(() => 1))],
    );
    const foldsOf = new Map<number, Set<number>>();
    patients.forEach((patient, i) => foldsOf.set(patient, (foldsOf.get(patient) ?? new Set()).add(folds[i]!)));
    expect([...foldsOf.values()].every(({ size }) => size === 1)).toBe(true);
    expect(new Set(folds).size).toBe(10);
    expect(found.patients).toHaveLength(23);
  });
});
