import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src-main/compute/random.js';
import { resample } from '../../../src-main/training/metrics/bootstrap.js';
import { calibrationOf } from '../../../src-main/training/metrics/calibration.js';
import type { ScoredPart } from '../../../src-main/training/metrics/scores.js';
import { fitTemperature, withTemperature } from '../../../src-main/training/metrics/temperature.js';
import type { Calibration } from '../../../src-main/vocabulary/diagnostics.js';
import { scored, twoClasses } from './scored.js';
import { unitsOf } from '../../../src-main/training/metrics/units.js';

async function calibration(part: ScoredPart, finding: number | null): Promise<Calibration> {
  const { statistics, finish } = calibrationOf(part, finding);
  return finish(await resample(unitsOf(part.truth), statistics, createRandom(1, 'calibration')));
}

/** Of four images at .9 three have the finding, of four at .1 one has. */
const eight = twoClasses([
  [0.9, 0],
  [0.9, 0],
  [0.9, 0],
  [0.9, 1],
  [0.1, 0],
  [0.1, 1],
  [0.1, 1],
  [0.1, 1],
]);

describe('calibration by hand', () => {
  it('of the finding', async () => {
    const { bins, expectedCalibrationError, brierScore } = await calibration(eight, 0);
    expect(bins).toHaveLength(10);
    expect(bins[9]).toMatchObject({ from: 0.9, to: 1, images: 4, observed: 0.75 });
    expect(bins[9]!.probability).toBeCloseTo(0.9, 12);
    expect(bins[1]).toMatchObject({ images: 4, observed: 0.25 });
    expect(bins[5]).toMatchObject({ images: 0, probability: null, observed: null, interval: null });
    expect(expectedCalibrationError.value).toBeCloseTo(0.15, 12);
    expect(brierScore.value).toBeCloseTo((6 * 0.01 + 2 * 0.81) / 8, 12);
  });

  it('of the most probable class, with the score of all classes', async () => {
    const part = scored('multi-class', 3, [0, 1], [0.7, 0.2, 0.1, 0.5, 0.3, 0.2]);
    const { bins, expectedCalibrationError, brierScore } = await calibration(part, null);
    expect(bins.map(({ images }) => images)).toEqual([0, 0, 0, 0, 0, 1, 0, 1, 0, 0]);
    expect(expectedCalibrationError.value).toBeCloseTo((0.3 + 0.5) / 2, 12);
    expect(brierScore.value).toBeCloseTo((0.09 + 0.04 + 0.01 + 0.25 + 0.49 + 0.04) / 2, 12);
  });

  it('of all labels together', async () => {
    const part = scored('multi-label, binary-class', 2, [1, 0, 0, 0], [0.8, 0.3, 0.1, 0.4]);
    const { bins, brierScore } = await calibration(part, null);
    expect(bins.reduce((sum, { images }) => sum + images, 0)).toBe(4);
    expect(brierScore.value).toBeCloseTo((0.04 + 0.09 + 0.01 + 0.16) / 4, 12);
  });

  it('a probability of 1 belongs to the last bin', async () => {
    const { bins } = await calibration(
      twoClasses([
        [1, 0],
        [0, 1],
      ]),
      0,
    );
    expect(bins.map(({ images }) => images)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  it('says with its interval that a small error may be none, and a large one is one', async () => {
    const random = createRandom(4, 'calibrated');
    const drawn = (said: (p: number) => number): ScoredPart =>
      twoClasses(
        Array.from({ length: 300 }, () => {
          const p = random.uniform();
          return [said(p), random.uniform() < p ? 0 : 1];
        }),
      );
    const honest = (
      await calibration(
        drawn((p) => p),
        0,
      )
    ).expectedCalibrationError;
    const boastful = (
      await calibration(
        drawn((p) => (p > 0.5 ? 0.99 : 0.01)),
        0,
      )
    ).expectedCalibrationError;
    expect(honest.interval![0]).toBeLessThan(0.01);
    expect(boastful.interval![0]).toBeGreaterThan(0.15);
    expect(boastful.interval![1]).toBeLessThan(0.35);
  });
});

describe('the temperature', () => {
  it.each([
    // log-odds log 9 must become log 3
    ['of .9 that is .75', 0.9, 0.75, 2],
    ['of .75 that is .9', 0.75, 0.9, 0.5],
    ['of what is right already', 0.75, 0.75, 1],
  ])('%s', (_, said, there, temperature) => {
    const part = twoClasses(Array.from({ length: 20 }, (_, i) => [said, i < there * 20 ? 0 : 1]));
    expect(fitTemperature(part)).toBeCloseTo(temperature, 5);
    const { values } = withTemperature('binary-class', part.scores, temperature);
    expect(values[0]).toBeCloseTo(there, 12);
    expect(values[0]! + values[1]!).toBeCloseTo(1, 12);
  });

  it('of labels', () => {
    const part = scored(
      'multi-label, binary-class',
      2,
      Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? Number(i < 30) : Number(i >= 30))),
      Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 0.9 : 0.1)),
    );
    expect(fitTemperature(part)).toBeCloseTo(2, 5);
    expect(withTemperature(part.task, part.scores, 2).values[1]).toBeCloseTo(0.25, 12);
  });

  it('is a least cross-entropy, and 1 leaves everything as it is', () => {
    const random = createRandom(5, 'temperature');
    const scores = Array.from({ length: 60 }, () => {
      const parts = [random.uniform() ** 3, random.uniform(), random.uniform()];
      const sum = parts.reduce((a, b) => a + b, 0);
      return parts.map((p) => p / sum);
    });
    const part = scored(
      'multi-class',
      3,
      scores.map((p) => (random.uniform() < 0.9 ? p.indexOf(Math.max(...p)) : random.integer(3))),
      scores.flat(),
    );
    const loss = (temperature: number): number => {
      const { values } = withTemperature(part.task, part.scores, temperature);
      return -Array.from(part.truth.values).reduce((sum, y, i) => sum + Math.log(values[3 * i + y]!), 0);
    };
    const best = fitTemperature(part);
    for (const factor of [0.9, 0.99, 1.01, 1.1]) expect(loss(best * factor)).toBeGreaterThan(loss(best));
    withTemperature(part.task, part.scores, 1).values.forEach((p, n) => expect(p).toBeCloseTo(scores.flat()[n]!, 12));
  });

  it('stays within bounds where every answer is right, and where every one is wrong', () => {
    expect(
      fitTemperature(
        twoClasses([
          [0.9, 0],
          [0.1, 1],
        ]),
      ),
    ).toBeLessThan(0.1);
    expect(
      fitTemperature(
        twoClasses([
          [0.9, 1],
          [0.1, 0],
        ]),
      ),
    ).toBeCloseTo(20, 1);
  });
});
