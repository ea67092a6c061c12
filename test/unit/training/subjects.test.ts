import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { UNKNOWN_VALUE } from '../../../src-main/datasets/dataset.js';
import { diagnose } from '../../../src-main/training/metrics/diagnostics.js';
import { chosenPart } from '../../../src-main/training/metrics/group-figures.js';
import { pairedDifferences } from '../../../src-main/training/metrics/paired.js';
import type { ScoredPart } from '../../../src-main/training/metrics/scores.js';
import { diagnosticsSchema, type Diagnostics, type Estimate } from '../../../src-main/vocabulary/diagnostics.js';
import { ofSubjects, twoClasses } from './scored.js';

const LABELS = ['malignant', 'benign'];
/** 40 malignant images, 60 benign ones; a third of each is told wrongly. */
const part = twoClasses(
  Array.from({ length: 100 }, (_, i): [number, 0 | 1] => {
    const malignant = i < 40;
    return [(malignant !== (i % 3 === 0) ? 0.6 : 0.2) + i / 1000, malignant ? 0 : 1];
  }),
);
const images = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
/** Every image five times. */
const copies = chosenPart(
  part,
  images(500).map((i) => i % 100),
);
const copiesOfPatients = ofSubjects(copies, { patients: Int32Array.from(images(500), (i) => i % 100) });

const of = (test: ScoredPart, finding: number | null = 0): Promise<Diagnostics> =>
  diagnose(
    { validation: part, test, training: { images: 100, ofClass: [40, 60] } },
    { labels: LABELS, finding, operatingPoint: null },
  );
const width = ({ interval }: Estimate): number => interval![1] - interval![0];

describe('intervals of images whose patients are known', () => {
  it('are no narrower for five copies of every image', async () => {
    const [once, five, patients] = [(await of(part)).test, (await of(copies)).test, (await of(copiesOfPatients)).test];
    expect(patients.patients).toBe(100);
    expect(once.patients).toBeNull();
    for (const figure of ['accuracy', 'balancedAccuracy', 'auc'] as const) {
      // the same draws, so the same resampled figures
      expect(patients[figure].value).toBeCloseTo(once[figure].value!, 12);
      expect(width(patients[figure])).toBeCloseTo(width(once[figure]), 9);
      expect(width(five[figure])).toBeLessThan(0.6 * width(once[figure]));
    }
    expect(width(patients.calibration.before.brierScore)).toBeCloseTo(width(once.calibration.before.brierScore), 9);
    for (const figure of [
      'sensitivity',
      'specificity',
      'positivePredictiveValue',
      'negativePredictiveValue',
    ] as const) {
      const widths = [once, patients].map(({ finding }) => width(finding!.usual[figure]));
      expect(widths[1]! / widths[0]!).toBeGreaterThan(1);
      expect(widths[1]! / widths[0]!).toBeLessThan(1.06);
    }
    const corners = [once, patients].map(({ finding }) =>
      finding!.roc.find(({ truePositives, falsePositives }) => truePositives > 0 && falsePositives > 0)!,
    );
    expect(corners[1]!.sensitivity).toBeCloseTo(corners[0]!.sensitivity, 12);
    const [first, second] = corners.map(({ sensitivityInterval: [low, high] }) => high - low);
    expect(second! / first!).toBeGreaterThan(1);
    expect(second! / first!).toBeLessThan(1.06);
  });

  it('are those of images where each patient has one', async () => {
    const alone = ofSubjects(part, { patients: Int32Array.from(images(100), (i) => 7 * i) });
    expect((await of(alone)).test).toEqual((await of(part)).test);
  });

  it('take an image without a patient for one of its own', async () => {
    const unknown = ofSubjects(part, { patients: new Int32Array(100).fill(-1) });
    expect((await of(unknown)).test).toEqual((await of(part)).test);
  });

  it('are not given of fewer than ten patients of a kind, however many images', async () => {
    const few = ofSubjects(copies, { patients: Int32Array.from(images(500), (i) => (i % 100 < 40 ? i % 9 : 100 + i)) });
    const { test } = await of(few);
    expect(test.auc).toEqual({ value: test.auc.value, interval: null, missing: null });
    expect(test.balancedAccuracy.interval).toBeNull();
    expect(test.finding?.usual.sensitivity.interval).not.toBeNull();
  });

  it('of a paired difference are over patients too', async () => {
    const other = twoClasses(
      images(100).map((i): [number, 0 | 1] => [(i < 40 !== (i % 4 === 0) ? 0.6 : 0.2) + i / 1000, i < 40 ? 0 : 1]),
    );
    const fiveOf = (one: ScoredPart, patients: boolean): ScoredPart => {
      const five = chosenPart(
        one,
        images(500).map((i) => i % 100),
      );
      return patients ? { ...five, truth: copiesOfPatients.truth } : five;
    };
    const compare = async (a: ScoredPart, b: ScoredPart): Promise<readonly number[]> => {
      const figures = await pairedDifferences(a, b, createRandom(1, 'paired'), { labels: LABELS, finding: 0 });
      return figures.map(({ interval }) => interval![1] - interval![0]);
    };
    const once = await compare(part, other);
    const patients = await compare(fiveOf(part, true), fiveOf(other, true));
    const five = await compare(fiveOf(part, false), fiveOf(other, false));
    once.forEach((one, i) => {
      expect(patients[i]).toBeCloseTo(one, 9);
      expect(five[i]).toBeLessThan(0.7 * one);
    });
  });
});

describe('groups of the test set', () => {
  const valueOf = Uint16Array.from(images(100), (i) => (i % 10 === 9 ? UNKNOWN_VALUE : i % 2));
  const sites = ofSubjects(part, {
    patients: Int32Array.from(images(100), (i) => Math.floor(i / 2)),
    groupings: [{ name: 'site', values: ['Lund', 'Odense', 'Turku'], valueOf }],
  });

  it('have the figures of their images alone, those of which it is not known at last, and none without an image', async () => {
    const diagnostics = await of(sites);
    expect(diagnosticsSchema.parse(diagnostics)).toEqual(diagnostics);
    const [grouping] = diagnostics.test.groupings;
    expect(grouping?.name).toBe('site');
    expect(grouping?.groups.map(({ value, images, patients }) => [value, images, patients])).toEqual([
      ['Lund', 50, 50],
      ['Odense', 40, 40],
      [null, 10, 10],
    ]);
    const odense = images(100).filter((i) => valueOf[i] === 1);
    const malignant = odense.filter((i) => i < 40);
    const group = grouping!.groups[1]!;
    expect(group.positives).toBe(malignant.length);
    expect(group.finding?.sensitivity.value).toBe(malignant.filter((i) => i % 3 !== 0).length / malignant.length);
    const alone = (await of(chosenPart(part, odense))).test;
    expect(group.balancedAccuracy).toEqual(alone.balancedAccuracy);
    expect(group.auc).toEqual(alone.auc);
    expect(group.finding?.auc).toEqual(alone.finding?.auc);
  });

  it('say what is not defined instead of a number', async () => {
    const benignOnly = ofSubjects(part, {
      groupings: [{ name: 'sex', values: ['F', 'M'], valueOf: Uint16Array.from(images(100), (i) => Number(i >= 50)) }],
    });
    const [, men] = (await of(benignOnly)).test.groupings[0]!.groups;
    expect(men).toMatchObject({
      patients: null,
      positives: 0,
      auc: { value: null, missing: 'no image of "malignant" in the test set' },
      finding: { sensitivity: { value: null, missing: 'no image of "malignant" in the test set' } },
    });
  });
});
